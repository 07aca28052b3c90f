using System.ComponentModel.DataAnnotations;
using Starling.Model.Tensors;

namespace Starling.Model.Training;

/// <summary>How a run is cut into steps, replicas and micro-batches, and what it computes with.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps of the run.</summary>
    [Range(1L, long.MaxValue)]
    public long Steps { get; init; } = 1000;

    /// <summary>Images (not views) of one step, over all replicas.</summary>
    [Range(1, 1 << 20)]
    public int GlobalBatch { get; init; } = 256;

    /// <summary>
    /// L, the number of logical replicas, a power of two. Part of the training state's definition: trainers host
    /// replicas, and gradients are summed over replicas in one fixed binary tree, so the result is the same for
    /// any trainer count.
    /// </summary>
    [Range(1, 1024)]
    public int Replicas { get; init; } = 8;

    /// <summary>Images a forward pass takes at a time; 0 for a replica's whole share.</summary>
    [Range(0, 1 << 20)]
    public int MicroBatch { get; init; }

    /// <summary>Float32 throughout, or bfloat16 autocast over float32 weights.</summary>
    public Precision Precision { get; init; } = Precision.BFloat16;

    /// <summary>
    /// Replicas that a trainer computes side by side on the CPU, a thread each; 0 for one a core. Does not change the
    /// result: a single replica is always computed by one thread.
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
