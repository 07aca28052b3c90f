using System.ComponentModel.DataAnnotations;
using Starling.Model.Optimizers;
using Starling.Model.Tensors;

namespace Starling.Model.Features;

/// <summary>
/// How an <see cref="ImageClassifier"/> is trained: with AdamW, whose learning rate warms up linearly and then falls to
/// 0 along half a cosine. The result is a pure function of these options and the batches. It depends on
/// <see cref="Threads"/> too.
/// </summary>
public sealed record ClassifierTrainingOptions
{
    /// <summary>The network's name. Reports show it beside every distance that is measured on the network.</summary>
    [Required]
    public string Name { get; init; } = "picture-classifier";

    /// <summary>Size of the network.</summary>
    [Required]
    public ClassifierShape Shape { get; init; } = new();

    /// <summary>Seed of initial weights.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of optimizer steps.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 1000;

    /// <summary>Number of images in a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 64;

    /// <summary>Largest learning rate.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Steps over which the learning rate grows linearly from 0.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; init; } = 50;

    /// <summary>Decoupled weight decay of the convolutions and of the head.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Label smoothing of the cross entropy.</summary>
    [Range(0.0, 0.99)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double Clip { get; init; } = 1.0;

    /// <summary>Arithmetic of the forward and backward pass. The weights are float32 always.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>Number of compute threads.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 1;

    /// <summary>Returns the learning rate's schedule over the whole training.</summary>
    public LearningRateSchedule Schedule() => new()
    {
        Peak = LearningRate,
        WarmupSteps = WarmupSteps,
        Decay = LearningRateDecay.Cosine,
        DecayStart = WarmupSteps,
        DecayEnd = Steps,
    };
}
