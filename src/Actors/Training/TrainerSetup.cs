using Starling.Actors.Collectives;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Training;

/// <summary>What a <see cref="TrainerActor"/> is made from.</summary>
public sealed record TrainerSetup
{
    /// <summary>The trainer's name in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Numbers the actor's restarts; outlives them.</summary>
    public required Incarnations Incarnations { get; init; }

    /// <summary>The run.</summary>
    public required TrainerSettings Settings { get; init; }

    /// <summary>Where a state is loaded from when no trainer has one.</summary>
    public required CheckpointStore Checkpoints { get; init; }

    /// <summary>Replica batches prepared ahead.</summary>
    public required int Prefetch { get; init; }

    /// <summary>What carries the exchange with other trainers.</summary>
    public required ICollectiveEngine Engine { get; init; }

    /// <summary>Where the engine listens, and how long it waits.</summary>
    public CollectiveOptions Collective { get; init; } = new();

    /// <summary>How long steps may be applied after the supervisor was last heard of.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Asks loaders of its own process alone: images do not travel between nodes.</summary>
    public bool OwnLoadersOnly { get; init; }

    /// <summary>How long a loader may be silent before another one is asked.</summary>
    public TimeSpan LoaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Ends the process, which cannot be trusted any more: after a CUDA error nothing on that device works until then.
    /// </summary>
    public Action<string> EndProcess { get; init; } = Environment.FailFast;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
