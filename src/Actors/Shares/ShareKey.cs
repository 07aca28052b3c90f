namespace Starling.Actors.Shares;

/// <summary>Which share of which step.</summary>
/// <param name="Step">From 0.</param>
/// <param name="Replica">The logical replica.</param>
internal sealed record ShareKey(long Step, int Replica);
