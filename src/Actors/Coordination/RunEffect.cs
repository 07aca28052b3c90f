namespace Starling.Actors.Coordination;

/// <summary>What the supervisor's actor has to do after an event, in order.</summary>
public abstract record RunEffect
{
    private RunEffect() { }

    /// <summary>Make this durable before anybody hears of what follows, or stop if it is refused.</summary>
    public sealed record Persist(long Generation, long Step, long Checkpoint) : RunEffect;

    /// <summary>Tell a trainer its part in a generation.</summary>
    /// <param name="Trainer">Who.</param>
    /// <param name="Generation">Number of the decision.</param>
    /// <param name="Rank">Place among the hosts; −1 for a spare.</param>
    /// <param name="Hosting">The hosts in the order of their ranks.</param>
    public sealed record Assign(
        string Trainer, long Generation, int Rank, IReadOnlyList<HostedReplicas> Hosting) : RunEffect;

    /// <summary>Tell the hosts each other's addresses, and whose state they go on from.</summary>
    public sealed record Connect(
        long Generation, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, int SourceRank, bool FromDisk) : RunEffect;

    /// <summary>Tell the hosts to make steps.</summary>
    public sealed record Begin(long Generation, long Checkpoint) : RunEffect;

    /// <summary>Tell rank 0 to end at the next step boundary and store the state.</summary>
    public sealed record Halt(long Generation) : RunEffect;

    /// <summary>Tell everybody but rank 0 that there are no more steps.</summary>
    public sealed record Stop(long Generation) : RunEffect;

    /// <summary>Ask all trainers for a sign of life.</summary>
    public sealed record Ping(long Sequence) : RunEffect;

    /// <summary>Set the timer; what it was set for before is forgotten.</summary>
    public sealed record StartTimer(RunTimer Timer, long Generation, TimeSpan After) : RunEffect;

    /// <summary>Tell a trainer that leaves that it may.</summary>
    public sealed record Release(string Trainer) : RunEffect;

    /// <summary>Have an evaluator evaluate a committed checkpoint.</summary>
    public sealed record Evaluate(long Step, string Evaluator) : RunEffect;

    /// <summary>Tell people that something went wrong.</summary>
    public sealed record Fault(string Reason) : RunEffect;

    /// <summary>Tell people something else.</summary>
    public sealed record Note(string Line) : RunEffect;

    /// <summary>The run is over.</summary>
    public sealed record End(RunOutcome Outcome, long Step, string? Reason) : RunEffect;
}
