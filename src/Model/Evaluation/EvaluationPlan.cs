using Starling.Model.Sampling;

namespace Starling.Model.Evaluation;

/// <summary>What is measured on a checkpoint.</summary>
public sealed record EvaluationPlan
{
    /// <summary>Guidance, filters and temperature of the samples.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Number of images drawn for the Frechet distance.</summary>
    public required int Samples { get; init; }

    /// <summary>Number of images computed at a time.</summary>
    public required int Batch { get; init; }

    /// <summary>Number of images of each class on the grid.</summary>
    public required int PerClass { get; init; }

    /// <summary>Seed of the samples and of the probe's order.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The block whose output the probe reads, from 1. (In the paper it is the contrastive block.)</summary>
    public required int ProbeDepth { get; init; }

    /// <summary>Number of positions along the sequence that are probed; 0 for no probe.</summary>
    public required int ProbePositions { get; init; }

    /// <summary>Most reference images that the probe is trained on; 0 for all.</summary>
    public required int ProbeImages { get; init; }

    /// <summary>How the probe is trained.</summary>
    public required LinearProbeOptions Probe { get; init; }

    /// <summary>Whether the transformer computes in bfloat16 (autocast).</summary>
    public required bool BFloat16 { get; init; }
}
