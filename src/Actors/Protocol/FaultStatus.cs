namespace Starling.Actors.Protocol;

/// <summary>Something that went wrong and that the run got over.</summary>
/// <param name="Time">When the supervisor heard of it.</param>
/// <param name="Generation">The generation then.</param>
/// <param name="Step">The last committed step then.</param>
/// <param name="Reason">What, in one line.</param>
public sealed record FaultStatus(DateTimeOffset Time, long Generation, long Step, string Reason);
