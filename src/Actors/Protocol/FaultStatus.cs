namespace Starling.Actors.Protocol;

/// <summary>A fault that did not end the run.</summary>
/// <param name="Time">When the supervisor heard of the fault.</param>
/// <param name="Generation">The generation at that time.</param>
/// <param name="Step">The last committed step at that time.</param>
/// <param name="Reason">What went wrong, in one line.</param>
public sealed record FaultStatus(DateTimeOffset Time, long Generation, long Step, string Reason);
