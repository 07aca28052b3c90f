namespace Starling.Actors.Shares;

/// <summary>Names one replica's share of a step.</summary>
/// <param name="Step">From 0.</param>
/// <param name="Replica">The logical replica.</param>
internal sealed record ShareKey(long Step, int Replica);
