using System.ComponentModel.DataAnnotations;
using Starling.Model.Tensors;

namespace Starling.Model.Training;

/// <summary>The length of a run, how its batch is divided, and what computes it.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps of the run.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 1000;

    /// <summary>Images of one step, over all replicas. The views of an image count as one.</summary>
    [Range(1, 1 << 20)]
    public int GlobalBatch { get; init; } = 256;

    /// <summary>
    /// L, the number of logical replicas, a power of two. L is part of the training state's definition: gradients are
    /// summed over the L replicas in one fixed binary tree, whichever trainers host them. So the result is the same for
    /// any number of trainers.
    /// </summary>
    [Range(1, 1024)]
    public int Replicas { get; init; } = 8;

    /// <summary>Images of one forward pass; 0 for all images of a replica's share.</summary>
    [Range(0, 1 << 20)]
    public int MicroBatch { get; init; }

    /// <summary>Float32 throughout, or bfloat16 autocast over float32 weights.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>
    /// Replicas that a trainer computes in parallel on the CPU, each on one thread; 0 for one replica a core. The
    /// number does not change the result, because a replica is always computed by one thread.
    /// </summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    [RegularExpression("^(cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "cpu";

    /// <summary>Images in one replica's share of a step.</summary>
    public int ReplicaImages => GlobalBatch / Replicas;

    /// <summary>Images of one forward pass.</summary>
    public int EffectiveMicroBatch => MicroBatch == 0 ? ReplicaImages : Math.Min(MicroBatch, ReplicaImages);
}
