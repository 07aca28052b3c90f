namespace Starling.Actors.Page;

/// <summary>A whole line of an event log.</summary>
/// <param name="End">The offset of the first byte after the line and its newline.</param>
/// <param name="Json">The line without its newline.</param>
internal readonly record struct LogEntry(long End, ReadOnlyMemory<byte> Json);
