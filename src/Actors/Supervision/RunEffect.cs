namespace Starling.Actors.Supervision;

/// <summary>What the supervisor's actor has to do after an event, in order.</summary>
public abstract record RunEffect
{
    private RunEffect() { }

    /// <summary>Make the generation's number durable before anybody hears of it.</summary>
    public sealed record PersistGeneration(long Generation) : RunEffect;

    /// <summary>Tell a trainer which logical replicas it hosts in a generation.</summary>
    public sealed record Assign(string Trainer, long Generation, IReadOnlyList<int> Replicas) : RunEffect;

    /// <summary>Tell the generation's trainers to make steps.</summary>
    public sealed record Begin(long Generation) : RunEffect;

    /// <summary>Tell the generation's trainers to stop at the next step boundary and store the state.</summary>
    public sealed record Halt(long Generation) : RunEffect;

    /// <summary>Have a committed checkpoint evaluated.</summary>
    public sealed record Evaluate(long Step) : RunEffect;

    /// <summary>The run is over.</summary>
    public sealed record End(RunOutcome Outcome, long Step, string? Reason) : RunEffect;
}
