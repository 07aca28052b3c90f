namespace Starling.Actors.Page;

/// <summary>
/// Reads a run's event log, which others append to, from an offset on and in pieces. The end of a line that is still
/// being written, or that a crash has cut short, is left for a later call.
/// </summary>
internal static class LogReader
{
    /// <summary>The most bytes of a piece. A longer line is no event, and is skipped.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Returns the length of the log; 0 if there is none yet.</summary>
    public static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>Reads the whole lines of the next piece.</summary>
    /// <param name="path">The event log; it may not exist yet.</param>
    /// <param name="offset">Where the last piece ended.</param>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static LogPiece Read(string path, long offset)
    {
        if (!File.Exists(path)) return new LogPiece([], 0, HasMore: false, Restarted: offset > 0);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        long length = file.Length;
        bool restarted = offset > length;
        if (restarted) offset = 0;
        byte[] bytes = new byte[Math.Min(PieceBytes, length - offset)];
        file.Seek(offset, SeekOrigin.Begin);
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        List<LogEntry> entries = [];
        int start = 0;
        while (bytes.AsSpan(start, read - start).IndexOf((byte)'\n') is var found and >= 0)
        {
            entries.Add(new LogEntry(offset + start + found + 1, bytes.AsMemory(start, found)));
            start += found + 1;
        }
        if (start == 0 && read == PieceBytes) start = read;
        return new LogPiece(entries, offset + start, HasMore: start > 0 && offset + read < length, restarted);
    }
}
