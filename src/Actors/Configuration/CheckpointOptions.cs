using System.ComponentModel.DataAnnotations;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>checkpoint</c>: when the state is saved, and which checkpoints are kept.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Number of steps between two checkpoints. The last step is followed by a checkpoint too.</summary>
    [Range(1L, long.MaxValue)]
    public long EverySteps { get; init; } = 500;

    /// <summary>Number of newest checkpoints that are kept.</summary>
    [Range(1, 10000)]
    public int KeepLatest { get; init; } = 3;

    /// <summary>Checkpoints of steps that are multiples of this number are always kept; 0 for none.</summary>
    [Range(0L, long.MaxValue)]
    public long KeepEverySteps { get; init; }

    /// <summary>Number of checkpoints with the lowest Frechet distance that are kept; 0 for none.</summary>
    [Range(0, 1000)]
    public int KeepBest { get; init; } = 1;
}
