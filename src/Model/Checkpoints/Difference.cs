namespace Starling.Model.Checkpoints;

/// <summary>A difference between a stored checkpoint and the current run.</summary>
/// <param name="Name">Configuration key (<c>model.dim</c>) or the name of a fingerprint.</param>
/// <param name="Stored">The checkpoint's value, as JSON; null if it has none.</param>
/// <param name="Current">The current run's value, as JSON; null if it has none.</param>
public sealed record Difference(string Name, string? Stored, string? Current)
{
    /// <summary>What more is known about the difference, for the message; null for nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>Gives a clause for a message.</summary>
    public override string ToString() =>
        $"{Name} was {Stored ?? "not set"} and is now {Current ?? "not set"}" + (Remark is null ? "" : $" ({Remark})");
}
