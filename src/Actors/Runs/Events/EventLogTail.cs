using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Starling.Actors.Runs.Events;

/// <summary>What the end of an existing event log says about the attempts before this one.</summary>
/// <param name="LastAttempt">Attempt of the last whole line, 0 if there is none.</param>
/// <param name="EndsWithNewLine">False if the last line was cut short.</param>
internal sealed record EventLogTail(int LastAttempt, bool EndsWithNewLine)
{
    /// <summary>Reads a log's end.</summary>
    public static EventLogTail Read(FileStream file)
    {
        if (file.Length == 0) return new EventLogTail(0, EndsWithNewLine: true);
        long attempt = Last(file, line => line["attempt"]?.GetValue<int>()) ?? 0;
        file.Seek(-1, SeekOrigin.End);
        return new EventLogTail((int)attempt, file.ReadByte() == '\n');
    }

    /// <summary>Step of the last event of a name; null if there is none, or no log.</summary>
    public static long? LastStep(string path, string name)
    {
        if (!File.Exists(path)) return null;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Last(file, line => line["event"]?.GetValue<string>() == name ? line["step"]?.GetValue<long>() : null);
    }

    /// <summary>Reads backwards in growing pieces, so that a long log is as fast as a short one.</summary>
    private static long? Last(FileStream file, Func<JsonNode, long?> wanted)
    {
        for (long size = 64 << 10; ; size *= 4)
        {
            long start = Math.Max(0, file.Length - size);
            byte[] bytes = new byte[file.Length - start];
            file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(bytes);
            // The first line of a piece may have begun before it: then it does not parse, like any torn line.
            IEnumerable<string> lines = Encoding.UTF8.GetString(bytes).Split('\n').Reverse();
            long? found = lines.Select(line => Number(line, wanted)).FirstOrDefault(n => n is not null);
            if (found is not null || start == 0) return found;
        }
    }

    private static long? Number(string line, Func<JsonNode, long?> wanted)
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
