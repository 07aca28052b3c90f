using System.ComponentModel.DataAnnotations;
using Starling.Model.Optimizers;

namespace Starling.Model.Features;

/// <summary>
/// How an <see cref="ImageClassifier"/> is trained: with AdamW, whose learning rate warms up linearly and then falls to
/// 0 along half a cosine. The result is a pure function of these options and the batches. It depends on
/// <see cref="NetworkTrainingOptions.Threads"/> too.
/// </summary>
public sealed record ClassifierTrainingOptions : NetworkTrainingOptions
{
    /// <summary>Sets the defaults.</summary>
    public ClassifierTrainingOptions() => (Steps, Batch, LearningRate, WarmupSteps) = (1000, 64, 2e-3, 50);

    /// <summary>The network's name. Reports show it beside every distance that is measured on the network.</summary>
    [Required]
    public string Name { get; init; } = "picture-classifier";

    /// <summary>Size of the network.</summary>
    [Required]
    public ClassifierShape Shape { get; init; } = new();

    /// <summary>Decoupled weight decay of the convolutions and of the head.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Label smoothing of the cross entropy.</summary>
    [Range(0.0, 0.99)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <inheritdoc/>
    public override LearningRateSchedule Schedule() => ScheduleWith(LearningRateDecay.Cosine, decayEnd: Steps);
}
