using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Optimizers;

/// <summary>AdamW as LlamaGen trains with it: constant learning rate, no warm-up.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Learning rate; LlamaGen's rule is 1e-4 for each 256 images of global batch.</summary>
    [Range(0.0, 10.0)]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Decay of the first moment.</summary>
    [Range(0.0, 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment. (The ST-AR paper prints 0.05, a slip; LlamaGen's code has 0.95.)</summary>
    [Range(0.0, 0.9999999)]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Decoupled weight decay of tensors with two or more dimensions.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Added to the denominator.</summary>
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
}
