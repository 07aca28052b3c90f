using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Starling.Data;

namespace Starling.Actors.Runs.Events;

/// <summary>The end of an event log that an earlier attempt wrote.</summary>
/// <param name="LastAttempt">Attempt number of the last whole line; 0 if there is no whole line.</param>
/// <param name="EndsWithNewLine">False if a crash cut the last line short.</param>
internal sealed record EventLogTail(int LastAttempt, bool EndsWithNewLine)
{
    /// <summary>Reads the end of a log.</summary>
    public static EventLogTail Read(string path)
    {
        using FileStream file = Open(path);
        if (file.Length == 0) return new EventLogTail(0, EndsWithNewLine: true);
        long attempt = FindLast(file, line => line["attempt"]?.GetValue<int>()) ?? 0;
        file.Seek(-1, SeekOrigin.End);
        return new EventLogTail((int)attempt, file.ReadByte() == '\n');
    }

    /// <summary>Returns the step of the last event with a name; null if there is no such event, or no log.</summary>
    public static long? LastStep(string path, string name)
    {
        try
        {
            using FileStream file = Open(path);
            return FindLast(file,
                line => line["event"]?.GetValue<string>() == name ? line["step"]?.GetValue<long>() : null);
        }
        catch (Exception e) when (e.IsAbsence())
        {
            return null;
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Returns the value of the last line that has one. The method reads growing pieces from the end of the file, so
    /// that a long log takes no longer than a short one.
    /// </summary>
    private static long? FindLast(FileStream file, Func<JsonNode, long?> wanted)
    {
        for (long size = 64 << 10; ; size *= 4)
        {
            long start = Math.Max(0, file.Length - size);
            byte[] bytes = new byte[file.Length - start];
            file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(bytes);
            // The first line of a piece may have begun before the piece. Such a line does not parse and is skipped.
            IEnumerable<string> lines = Encoding.UTF8.GetString(bytes).Split('\n').Reverse();
            long? found = lines.Select(line => ReadNumber(line, wanted)).FirstOrDefault(n => n is not null);
            if (found is not null || start == 0) return found;
        }
    }

    private static long? ReadNumber(string line, Func<JsonNode, long?> wanted)
    {
        try
        {
            return line.StartsWith('{') && JsonNode.Parse(line) is { } parsed ? wanted(parsed) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
