using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Optimizers;

/// <summary>
/// AdamW and its learning rate. The defaults are LlamaGen's: a constant learning rate without warm-up.
/// </summary>
public sealed record OptimizerOptions
{
    /// <summary>Learning rate; LlamaGen's rule is 1e-4 for each 256 images of global batch.</summary>
    [Range(0.0, 10.0)]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Decay of the first moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>
    /// Decay of the second moment. LlamaGen's code has 0.95. The ST-AR paper prints 0.05, which is a slip.
    /// </summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Decoupled weight decay of tensors with two or more dimensions.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Added to the denominator of an update.</summary>
    [Range(1e-16, 1.0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Largest gradient norm of student and projector together; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double Clip { get; init; } = 1.0;

    /// <summary>Steps over which the learning rate grows linearly from 0; LlamaGen uses none.</summary>
    [Range(0, int.MaxValue)]
    public int WarmupSteps { get; init; }

    /// <summary>The last steps over which the learning rate falls linearly to 0; LlamaGen uses none.</summary>
    [Range(0, int.MaxValue)]
    public int CooldownSteps { get; init; }

    /// <summary>Returns the learning rate's schedule over a training of <paramref name="steps"/> steps.</summary>
    public LearningRateSchedule Schedule(long steps) => new()
    {
        Peak = LearningRate,
        WarmupSteps = WarmupSteps,
        Decay = LearningRateDecay.Linear,
        DecayStart = steps - CooldownSteps,
        DecayEnd = steps,
    };
}
