namespace Starling.Actors.Coordination;

/// <summary>What is known of a trainer that failed while there were others, until it takes part in a step.</summary>
/// <param name="Count">Number of failures in a row.</param>
/// <param name="Tick">The value of <see cref="RunState.Ticks"/> at the last failure.</param>
/// <param name="Reason">The reason of the last failure.</param>
public sealed record TrainerFailures(int Count, long Tick, string Reason);
