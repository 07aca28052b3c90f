namespace Starling.Actors.Coordination;

/// <summary>A trainer as the supervisor knows it.</summary>
/// <param name="Incarnation">Greater after every restart.</param>
/// <param name="Heard">Number of the last ping that it answered, or that it registered after.</param>
/// <param name="HeardAt">The tick at which that was.</param>
public sealed record TrainerMember(long Incarnation, long Heard, long HeardAt);
