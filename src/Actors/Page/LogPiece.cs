namespace Starling.Actors.Page;

/// <summary>The next whole lines of an event log.</summary>
/// <param name="Entries">The lines, in order.</param>
/// <param name="End">The offset to read on from.</param>
/// <param name="HasMore">Whether more can be read at once.</param>
/// <param name="Restarted">Whether the file is another one, so that the lines are those of its beginning.</param>
internal sealed record LogPiece(IReadOnlyList<LogEntry> Entries, long End, bool HasMore, bool Restarted);
