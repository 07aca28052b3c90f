using System.Collections.Immutable;

namespace Starling.Actors.Supervision;

/// <summary>The supervisor's whole knowledge of a run; changed only by <see cref="RunMachine"/>.</summary>
public sealed record RunState
{
    /// <summary>Where the run is.</summary>
    public RunPhase Phase { get; init; } = RunPhase.Gathering;

    /// <summary>Number of the latest membership decision; never reused, also not by a later supervisor.</summary>
    public long Generation { get; init; }

    /// <summary>Trainers there are, with the incarnation of each.</summary>
    public ImmutableSortedDictionary<string, long> Trainers { get; init; } =
        ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Replicas each trainer of the generation hosts.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<int>> Hosting { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<int>>(StringComparer.Ordinal);

    /// <summary>Trainers of the generation that hold the state and wait for the start.</summary>
    public ImmutableHashSet<string> Ready { get; init; } = [];

    /// <summary>The last committed step.</summary>
    public long Step { get; init; }

    /// <summary>Step of the last committed checkpoint; −1 for none yet.</summary>
    public long Checkpoint { get; init; } = -1;

    /// <summary>The last checkpoint that could not be written, unless it has been since.</summary>
    public RunEvent.CheckpointFailed? FailedCheckpoint { get; init; }

    /// <summary>The checkpoint that drains: the run ends once it is committed and evaluated.</summary>
    public long? FinalStep { get; init; }

    /// <summary>Checkpoints waiting to be evaluated, oldest first.</summary>
    public ImmutableQueue<long> ToEvaluate { get; init; } = [];

    /// <summary>The checkpoint being evaluated.</summary>
    public long? Evaluating { get; init; }

    /// <summary>A stop was asked for.</summary>
    public bool Stopping { get; init; }

    /// <summary>Generations in a row that ended without a step.</summary>
    public int FruitlessGenerations { get; init; }

    /// <summary>The step at which the current generation began.</summary>
    public long GenerationStart { get; init; }
}
