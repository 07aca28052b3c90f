using System.ComponentModel.DataAnnotations;
using Starling.Model.Tensors;

namespace Starling.Model.Features;

/// <summary>
/// How a <see cref="ImageClassifier"/> is trained: AdamW, one linear warm-up, half a cosine to 0. The result is a
/// pure function of these options and the batches; <see cref="Threads"/> is part of them.
/// </summary>
public sealed record ClassifierTrainingOptions
{
    /// <summary>The network's name; it appears beside every distance measured on it.</summary>
    [Required]
    public string Name { get; init; } = "picture-classifier";

    /// <summary>Size of the network.</summary>
    [Required]
    public ClassifierShape Shape { get; init; } = new();

    /// <summary>Seed of initial weights.</summary>
    public ulong Seed { get; init; }

    /// <summary>Optimizer steps.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 1000;

    /// <summary>Images of a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 64;

    /// <summary>Largest learning rate.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Steps over which the learning rate grows linearly from 0.</summary>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; init; } = 50;

    /// <summary>Decoupled weight decay of convolutions and head.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Label smoothing of the cross entropy.</summary>
    [Range(0.0, 0.99)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Largest gradient norm; 0 for no clipping.</summary>
    [Range(0.0, 1e9)]
    public double Clip { get; init; } = 1.0;

    /// <summary>Arithmetic of the forward and backward pass; weights are float32.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>Compute threads.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = 1;
}
