using System.Collections.Immutable;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Coordination;

/// <summary>Everything that the supervisor knows of a run. Only <see cref="RunMachine"/> changes it.</summary>
public sealed record RunState
{
    /// <summary>The phase that the run is in.</summary>
    public RunPhase Phase { get; init; } = RunPhase.Gathering;

    /// <summary>Number of this supervisor: later supervisors have greater ones.</summary>
    public long Term { get; init; }

    /// <summary>
    /// Number of the current generation. A number is never used again, also not by a later supervisor.
    /// </summary>
    public long Generation { get; init; }

    /// <summary>The trainers that are members, by name.</summary>
    public ImmutableSortedDictionary<string, TrainerMember> Trainers { get; init; } = ByName<TrainerMember>();

    /// <summary>
    /// Trainers whose nodes the cluster cannot reach, as long as it has not decided whether they are gone.
    /// </summary>
    public ImmutableSortedSet<string> Silent { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Trainers that want to leave. They are released as soon as no state is lost by that.</summary>
    public ImmutableSortedSet<string> Leaving { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>
    /// Released trainers, by name, with the incarnation that was released. That incarnation does not come back.
    /// </summary>
    public ImmutableSortedDictionary<string, long> Released { get; init; } = ByName<long>();

    /// <summary>
    /// Trainers that failed, by name, with what is known of it. A trainer that takes part in a step is taken off.
    /// </summary>
    public ImmutableSortedDictionary<string, TrainerFailures> Failures { get; init; } = ByName<TrainerFailures>();

    /// <summary>The hosts of the generation in the order of their ranks. The other trainers are spares.</summary>
    public ImmutableArray<HostedReplicas> Hosting { get; init; } = [];

    /// <summary>Hosts of the generation that have bound an endpoint, by name.</summary>
    public ImmutableSortedDictionary<string, BoundHost> Bound { get; init; } = ByName<BoundHost>();

    /// <summary>The last reports of the hosts that hold the state of the generation, by name.</summary>
    public ImmutableSortedDictionary<string, HostProgress> Progress { get; init; } = ByName<HostProgress>();

    /// <summary>
    /// The order by which the hosts of the generation connect; null until all are bound.
    /// </summary>
    public RunEffect.Connect? Connect { get; init; }

    /// <summary>
    /// Number of the generation whose rank 0 last read the disk; 0 for none. It knows all checkpoints of earlier
    /// generations, so a late report of one of these does not count: rank 0 may have found that checkpoint damaged.
    /// </summary>
    public long DiskReadIn { get; init; }

    /// <summary>
    /// The last committed step: all hosts of the generation have applied it, or began with its state.
    /// </summary>
    public long Step { get; init; }

    /// <summary>
    /// The furthest step that was ever committed. Greater than <see cref="Step"/> if the states in all memories were
    /// lost and the run went back to a checkpoint.
    /// </summary>
    public long Furthest { get; init; }

    /// <summary>
    /// Step of the last checkpoint that was committed, or reported by a trainer, under this supervisor; −1 for none.
    /// </summary>
    public long Checkpoint { get; init; } = -1;

    /// <summary>Step of the last checkpoint that the ledger named when this supervisor began; −1 for none.</summary>
    public long EarlierCheckpoint { get; init; } = -1;

    /// <summary>
    /// The last checkpoint that could not be written; null once the same step is committed after all.
    /// </summary>
    public RunEvent.CheckpointFailed? FailedCheckpoint { get; init; }

    /// <summary>
    /// The last step of the generation, once rank 0 has made it; null before. The checkpoint of this step is waited for
    /// in <see cref="RunPhase.Draining"/>.
    /// </summary>
    public long? FinalStep { get; init; }

    /// <summary>Number of registered loaders.</summary>
    public int Loaders { get; init; }

    /// <summary>Names of the registered evaluators, in the order of their registration.</summary>
    public ImmutableList<string> Evaluators { get; init; } = [];

    /// <summary>Steps of the checkpoints that wait for an evaluation, oldest first.</summary>
    public ImmutableList<long> ToEvaluate { get; init; } = [];

    /// <summary>The evaluation that is under way; null for none.</summary>
    public RunEffect.Evaluate? Evaluating { get; init; }

    /// <summary>Number of evaluators that were lost over the checkpoint that is evaluated now.</summary>
    public int LostEvaluators { get; init; }

    /// <summary>Whether a stop was requested.</summary>
    public bool Stopping { get; init; }

    /// <summary>Whether rank 0 of the generation was told to end at its next step boundary.</summary>
    public bool Halted { get; init; }

    /// <summary>
    /// Names of the hosts of the last generation. When all of them are back, no further trainer is waited for.
    /// </summary>
    public ImmutableSortedSet<string> Expected { get; init; } =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether the time for further trainers to register before the first generation is over. Null before the first
    /// trainer, false while the time runs.
    /// </summary>
    public bool? Settled { get; init; }

    /// <summary>
    /// Number of ticks so far, one a second. The count stands still while the supervisor's process is suspended.
    /// </summary>
    public long Ticks { get; init; }

    /// <summary>The value of <see cref="Ticks"/> when a step was last committed or the generation began.</summary>
    public long StepTick { get; init; }

    /// <summary>Number of ticks that the last committed step took.</summary>
    public long StepTicks { get; init; }

    /// <summary>Number of the last ping.</summary>
    public long Sequence { get; init; }

    /// <summary>Number of the ping that began the last roll call.</summary>
    public long RollCallPing { get; init; }

    /// <summary>The reason why the generation broke by itself; null if it did not.</summary>
    public string? Blame { get; init; }

    /// <summary>
    /// Whether a host of the generation was lost: its process, its node, or the connection to it; or failed while other
    /// trainers did not. That says nothing about the run.
    /// </summary>
    public bool HostLost { get; init; }

    /// <summary>Whether the generation broke because the connections between its hosts did.</summary>
    public bool ConnectionLost { get; init; }

    /// <summary>
    /// Number of generations in a row that broke by themselves without a step, not counting those whose hosts lost the
    /// connections to each other: a network is put right by others, and may need its time.
    /// </summary>
    public int FruitlessGenerations { get; init; }

    /// <summary>
    /// The value of <see cref="Ticks"/> when the first of the last generations in a row broke by itself without a step;
    /// null if the last one did not.
    /// </summary>
    public long? FruitlessSince { get; init; }

    /// <summary>The value of <see cref="Furthest"/> when the generation was formed or began.</summary>
    public long GenerationStart { get; init; }

    /// <summary>Why a host has no data; null if none has said so since the last step.</summary>
    public string? DataFault { get; init; }

    /// <summary>The text of <see cref="Waiting.For"/> at the last tick.</summary>
    public string? Missing { get; init; }

    /// <summary>Number of ticks for which <see cref="Missing"/> has been the same.</summary>
    public int MissingTicks { get; init; }

    /// <summary>The hosts' speeds, compared with each other.</summary>
    public SlowTrainers Slow { get; init; } = SlowTrainers.None;

    /// <summary>Step of the last committed checkpoint, under this supervisor or an earlier one; −1 for none.</summary>
    public long KnownCheckpoint => Math.Max(Checkpoint, EarlierCheckpoint);

    /// <summary>
    /// Whether every host is needed: steps are being prepared or made, or the last checkpoint is not stored yet.
    /// </summary>
    internal bool NeedsAllHosts => Phase switch
    {
        RunPhase.Binding or RunPhase.Connecting or RunPhase.Running => true,
        RunPhase.Draining => Checkpoint < FinalStep,
        _ => false,
    };

    /// <summary>Returns the rank of a trainer; −1 for a spare.</summary>
    public int RankOf(string trainer)
    {
        for (int rank = 0; rank < Hosting.Length; rank++)
            if (Hosting[rank].Trainer == trainer) return rank;
        return -1;
    }

    /// <summary>Returns whether a trainer is a member in this incarnation.</summary>
    internal bool Knows(string trainer, long incarnation) =>
        Trainers.TryGetValue(trainer, out TrainerMember? known) && known.Incarnation == incarnation;

    /// <summary>Returns the state without these members. Their places among the hosts stay.</summary>
    internal RunState Without(IReadOnlyCollection<string> trainers) => this with
    {
        Trainers = Trainers.RemoveRange(trainers),
        Leaving = Leaving.Except(trainers),
        Silent = Silent.Except(trainers),
    };

    private static ImmutableSortedDictionary<string, T> ByName<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
