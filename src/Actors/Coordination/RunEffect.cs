using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Coordination;

/// <summary>An action that the supervisor's actor performs after an event. The order of the effects counts.</summary>
public abstract record RunEffect
{
    private RunEffect() { }

    /// <summary>
    /// Stores these numbers in the ledger. If the ledger refuses them, a newer supervisor leads: the actor stops and
    /// performs no further effect.
    /// </summary>
    public sealed record Persist(long Generation, long Step, long Checkpoint) : RunEffect;

    /// <summary>Tells a trainer its part in a generation.</summary>
    /// <param name="Trainer">Name of the trainer.</param>
    /// <param name="Generation">Number of the generation.</param>
    /// <param name="Rank">Rank of the trainer; −1 for a spare.</param>
    /// <param name="Hosting">The hosts in the order of their ranks.</param>
    public sealed record Assign(
        string Trainer, long Generation, int Rank, IReadOnlyList<HostedReplicas> Hosting) : RunEffect;

    /// <summary>Tells the hosts to connect, and which of them has the state that all go on from.</summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="EngineAddresses">The hosts' engine addresses, by rank.</param>
    /// <param name="SourceRank">Rank of the host whose state the others receive.</param>
    /// <param name="FromDisk">Whether that host first loads the newest good checkpoint.</param>
    public sealed record Connect(
        long Generation, IReadOnlyList<ReadOnlyMemory<byte>> EngineAddresses, int SourceRank, bool FromDisk)
        : RunEffect;

    /// <summary>Tells the hosts to make steps.</summary>
    public sealed record Begin(long Generation, long Checkpoint) : RunEffect;

    /// <summary>Tells rank 0 to end at its next step boundary and to store the state.</summary>
    public sealed record Halt(long Generation) : RunEffect;

    /// <summary>Tells all trainers except rank 0 that there are no more steps.</summary>
    public sealed record Stop(long Generation) : RunEffect;

    /// <summary>Repeats an order for one trainer, which shows by its report that the order did not reach it.</summary>
    /// <param name="Trainer">Name of the trainer.</param>
    /// <param name="Order">
    /// The order: <see cref="Assign"/>, <see cref="Connect"/>, <see cref="Begin"/>, <see cref="Halt"/> or
    /// <see cref="Stop"/>.
    /// </param>
    public sealed record Again(string Trainer, RunEffect Order) : RunEffect;

    /// <summary>Asks all trainers for an answer, and tells them which loaders are registered.</summary>
    public sealed record Ping(long Sequence) : RunEffect;

    /// <summary>Sets the run's only timer. An earlier setting is dropped.</summary>
    public sealed record StartTimer(RunTimer Timer, long Generation, TimeSpan After) : RunEffect;

    /// <summary>Tells a leaving trainer that it is released.</summary>
    public sealed record Release(string Trainer) : RunEffect;

    /// <summary>Tells a trainer that the run goes on without it, and why. Its node ends.</summary>
    public sealed record LeaveOut(string Trainer, string Reason) : RunEffect;

    /// <summary>Tells an evaluator to evaluate a committed checkpoint.</summary>
    public sealed record Evaluate(long Step, string Evaluator) : RunEffect;

    /// <summary>Reports a fault that the run got over.</summary>
    public sealed record Fault(string Reason) : RunEffect;

    /// <summary>Writes a line for the user that reports no fault.</summary>
    public sealed record Note(string Line) : RunEffect;

    /// <summary>Tells all registered actors that the run has ended.</summary>
    public sealed record End(RunOutcome Outcome, long Step, string? Reason) : RunEffect;
}
