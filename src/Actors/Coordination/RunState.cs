using System.Collections.Immutable;

namespace Starling.Actors.Coordination;

/// <summary>The supervisor's whole knowledge of a run; changed only by <see cref="RunMachine"/>.</summary>
public sealed record RunState
{
    /// <summary>Where the run is.</summary>
    public RunPhase Phase { get; init; } = RunPhase.Gathering;

    /// <summary>Number of the supervisor.</summary>
    public long Term { get; init; }

    /// <summary>Number of the latest membership decision; never reused, also not by a later supervisor.</summary>
    public long Generation { get; init; }

    /// <summary>Trainers there are, by name.</summary>
    public ImmutableSortedDictionary<string, TrainerMember> Trainers { get; init; } = Named<TrainerMember>();

    /// <summary>Trainers whose nodes the cluster cannot reach, and about which it has not decided yet.</summary>
    public ImmutableSortedSet<string> Silent { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Trainers that are to be released as soon as nothing is lost by it.</summary>
    public ImmutableSortedSet<string> Leaving { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Trainers that were released, with the incarnation that was: it will not come back.</summary>
    public ImmutableSortedDictionary<string, long> Released { get; init; } = Named<long>();

    /// <summary>The generation's hosts in the order of their ranks; the other trainers are spares.</summary>
    public ImmutableArray<HostedReplicas> Hosting { get; init; } = [];

    /// <summary>Hosts of the generation that wait for the others' addresses.</summary>
    public ImmutableSortedDictionary<string, BoundHost> Bound { get; init; } = Named<BoundHost>();

    /// <summary>Hosts of the generation that hold its state, with what they did last.</summary>
    public ImmutableSortedDictionary<string, HostProgress> Progress { get; init; } = Named<HostProgress>();

    /// <summary>Rank 0 was told to take the state from the disk.</summary>
    public bool FromDisk { get; init; }

    /// <summary>The last committed step: all hosts of the generation have applied it, or began with it.</summary>
    public long Step { get; init; }

    /// <summary>The furthest step ever committed; more than <see cref="Step"/> after all states were lost.</summary>
    public long Furthest { get; init; }

    /// <summary>Step of the last committed checkpoint that the trainers know of; −1 for none yet.</summary>
    public long Checkpoint { get; init; } = -1;

    /// <summary>Step of the last checkpoint that an earlier supervisor heard of; −1 for none.</summary>
    public long EarlierCheckpoint { get; init; } = -1;

    /// <summary>The last checkpoint that could not be written, unless it has been since.</summary>
    public RunEvent.CheckpointFailed? FailedCheckpoint { get; init; }

    /// <summary>The last step, once it is made: what drains is its checkpoint.</summary>
    public long? FinalStep { get; init; }

    /// <summary>Number of loaders.</summary>
    public int Loaders { get; init; }

    /// <summary>Evaluators there are, in the order they came.</summary>
    public ImmutableList<string> Evaluators { get; init; } = [];

    /// <summary>Checkpoints waiting to be evaluated, oldest first.</summary>
    public ImmutableList<long> ToEvaluate { get; init; } = [];

    /// <summary>The evaluation at hand.</summary>
    public RunEffect.Evaluate? Evaluating { get; init; }

    /// <summary>Evaluators lost over the checkpoint at hand.</summary>
    public int LostEvaluators { get; init; }

    /// <summary>A stop was asked for.</summary>
    public bool Stopping { get; init; }

    /// <summary>The generation's rank 0 was told to end.</summary>
    public bool Halted { get; init; }

    /// <summary>
    /// Nobody else is waited for before a generation is formed; null before the first trainer, false while it is.
    /// </summary>
    public bool? Settled { get; init; }

    /// <summary>Ticks so far, one a second: this supervisor's clock, which stands still while it is frozen.</summary>
    public long Ticks { get; init; }

    /// <summary>Number of the last ping.</summary>
    public long Sequence { get; init; }

    /// <summary>Number of the ping that began the roll call.</summary>
    public long RollCall { get; init; }

    /// <summary>What broke the generation by itself; null if nothing did.</summary>
    public string? Blame { get; init; }

    /// <summary>A host of the generation is gone.</summary>
    public bool HostLost { get; init; }

    /// <summary>Generations in a row that broke by themselves without a step.</summary>
    public int FruitlessGenerations { get; init; }

    /// <summary>The furthest step when the current generation was formed.</summary>
    public long GenerationStart { get; init; }

    /// <summary>What was missing at the last tick; see <see cref="Waiting"/>.</summary>
    public string? Missing { get; init; }

    /// <summary>Ticks since it has been.</summary>
    public int MissingTicks { get; init; }

    /// <summary>How the hosts' speeds compare.</summary>
    public SlowTrainers Slow { get; init; } = SlowTrainers.None;

    /// <summary>The last committed checkpoint, whoever heard of it; −1 for none.</summary>
    public long KnownCheckpoint => Math.Max(Checkpoint, EarlierCheckpoint);

    /// <summary>Rank of a trainer; −1 for a spare.</summary>
    public int RankOf(string trainer)
    {
        for (int rank = 0; rank < Hosting.Length; rank++)
            if (Hosting[rank].Trainer == trainer) return rank;
        return -1;
    }

    private static ImmutableSortedDictionary<string, T> Named<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
