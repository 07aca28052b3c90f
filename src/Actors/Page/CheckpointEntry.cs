namespace Starling.Actors.Page;

/// <summary>A committed checkpoint.</summary>
/// <param name="Step">Its step.</param>
/// <param name="At">When it was committed, in seconds of Unix time.</param>
internal sealed record CheckpointEntry(long Step, double At);
