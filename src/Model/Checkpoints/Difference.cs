namespace Starling.Model.Checkpoints;

/// <summary>Something that a stored checkpoint and the current run disagree on.</summary>
/// <param name="Name">Configuration key (<c>model.dim</c>) or name of a fingerprint.</param>
/// <param name="Stored">The checkpoint's value, as JSON; null if it has none.</param>
/// <param name="Current">The current run's value, as JSON; null if it has none.</param>
public sealed record Difference(string Name, string? Stored, string? Current)
{
    /// <summary>One clause for a message.</summary>
    public override string ToString() => $"{Name} was {Stored ?? "not set"} and is now {Current ?? "not set"}";
}
