using System.Text.Json.Serialization;

namespace Starling.Actors.Runs;

/// <summary>The durable numbers of a run, which every new supervisor continues.</summary>
/// <param name="Term">Number of the last supervisor; 0 before the first one.</param>
/// <param name="Generation">Number of the last generation; 0 before the first one.</param>
/// <param name="Step">The last step that was known to be committed when the entry was written.</param>
/// <param name="Checkpoint">Step of the last committed checkpoint when the entry was written; −1 for none.</param>
[method: JsonConstructor]
public sealed record LedgerEntry(
    [property: JsonRequired] long Term, [property: JsonRequired] long Generation,
    [property: JsonRequired] long Step, [property: JsonRequired] long Checkpoint)
{
    /// <summary>The entry before the first supervisor.</summary>
    public static LedgerEntry Empty { get; } = new(0, 0, 0, -1);
}
