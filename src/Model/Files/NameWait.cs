namespace Starling.Model.Files;

/// <summary>How a node waits for its name in a run's folder, which its last process may still have.</summary>
/// <param name="Limit">How long it waits.</param>
/// <param name="Note">Told at the start of the wait, and then from time to time.</param>
public sealed record NameWait(TimeSpan Limit, Action<string> Note);
