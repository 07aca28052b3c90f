using Starling.Model.Sampling;

namespace Starling.Model.Evaluation;

/// <summary>What is measured on a checkpoint.</summary>
public sealed record EvaluationPlan
{
    /// <summary>Guidance, filters and temperature of the samples.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Images drawn for the Frechet distance.</summary>
    public required int Samples { get; init; }

    /// <summary>Images drawn at a time.</summary>
    public required int Batch { get; init; }

    /// <summary>Images of each class on the grid.</summary>
    public required int PerClass { get; init; }

    /// <summary>Seed of the samples and of the probe's order.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Block whose output the probe reads, from 1 (the paper: the contrastive block).</summary>
    public required int ProbeDepth { get; init; }

    /// <summary>Positions along the sequence that are probed; 0 for no probe.</summary>
    public required int ProbePositions { get; init; }

    /// <summary>Most reference images the probe trains on; 0 for all.</summary>
    public required int ProbeImages { get; init; }

    /// <summary>The probe's training.</summary>
    public required LinearProbeOptions Probe { get; init; }

    /// <summary>bfloat16 autocast in the transformer.</summary>
    public required bool BFloat16 { get; init; }
}
