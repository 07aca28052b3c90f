using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>checkpoint</c>: when the state is saved, and which saves outlive the next ones.</summary>
public sealed record CheckpointOptions
{
    /// <summary>A checkpoint is written after every so many steps, and after the last one.</summary>
    [Range(1L, long.MaxValue)]
    public long EverySteps { get; init; } = 500;

    /// <summary>The newest so many are kept.</summary>
    [Range(1, 10000)]
    public int KeepLatest { get; init; } = 3;

    /// <summary>Checkpoints of steps that are multiples of this are kept for good; 0 for none.</summary>
    [Range(0L, long.MaxValue)]
    public long KeepEverySteps { get; init; }

    /// <summary>The so many checkpoints with the lowest Frechet distance are kept; 0 for none.</summary>
    [Range(0, 1000)]
    public int KeepBest { get; init; } = 1;
}
