using System.Text.Json.Serialization;

namespace Starling.Actors.Runs;

/// <summary>What has to outlive every supervisor of a run.</summary>
/// <param name="Term">Number of the last supervisor; 0 before the first.</param>
/// <param name="Generation">Number of the last membership decision; 0 before the first.</param>
/// <param name="Step">The last step known to be committed when this was written.</param>
/// <param name="Checkpoint">The last committed checkpoint then; −1 for none.</param>
[method: JsonConstructor]
public sealed record LedgerEntry(
    [property: JsonRequired] long Term, [property: JsonRequired] long Generation,
    [property: JsonRequired] long Step, [property: JsonRequired] long Checkpoint)
{
    /// <summary>Before the first supervisor.</summary>
    public static LedgerEntry Empty { get; } = new(0, 0, 0, -1);
}
