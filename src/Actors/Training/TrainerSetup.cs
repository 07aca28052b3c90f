using Starling.Actors.Collectives;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Training;

/// <summary>The settings and services of a <see cref="TrainerActor"/>.</summary>
public sealed record TrainerSetup
{
    /// <summary>The trainer's name in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Numbers the actor's incarnations; survives its restarts.</summary>
    public required Incarnations Incarnations { get; init; }

    /// <summary>Settings of the run.</summary>
    public required TrainerSettings Settings { get; init; }

    /// <summary>The checkpoints from which a state is loaded when no trainer holds one.</summary>
    public required CheckpointStore Checkpoints { get; init; }

    /// <summary>Replica batches that are prepared ahead.</summary>
    public required int Prefetch { get; init; }

    /// <summary>Carries the exchange with other trainers.</summary>
    public required ICollectiveEngine Engine { get; init; }

    /// <summary>Where the engine listens, and its timeouts.</summary>
    public CollectiveOptions Collective { get; init; } = new();

    /// <summary>How long steps may be applied after the last message of the supervisor.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether only loaders of the same process are asked, because their images do not travel between nodes.
    /// </summary>
    public bool OwnLoadersOnly { get; init; }

    /// <summary>Whether loaders of other nodes may come that are not there now.</summary>
    public bool LoadersMayCome { get; init; }

    /// <summary>How long a loader may be silent before another one is asked.</summary>
    public TimeSpan LoaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the trainer's thread may take to end, once a trainer is stopped or started again.</summary>
    public TimeSpan ThreadEndTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Ends the process after an error of the GPU, because CUDA then fails every further call of the process; or when
    /// the trainer's thread does not end, because it may hold the GPU's memory for ever.
    /// </summary>
    public Action<string> EndProcess { get; init; } = Environment.FailFast;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
