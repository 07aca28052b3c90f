using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Starling.Actors.Monitoring;

/// <summary>What the end of an existing event log says about the attempts before this one.</summary>
/// <param name="LastAttempt">Attempt of the last whole line, 0 if there is none.</param>
/// <param name="EndsWithNewLine">False if the last line was cut short.</param>
internal sealed record EventLogTail(int LastAttempt, bool EndsWithNewLine)
{
    /// <summary>Reads backwards in growing pieces, so that a long log opens as fast as a short one.</summary>
    public static EventLogTail Read(FileStream file)
    {
        if (file.Length == 0) return new EventLogTail(0, EndsWithNewLine: true);
        for (long size = 64 << 10; ; size *= 4)
        {
            long start = Math.Max(0, file.Length - size);
            byte[] bytes = new byte[file.Length - start];
            file.Seek(start, SeekOrigin.Begin);
            file.ReadExactly(bytes);
            // The first line of a piece may have begun before it: then it does not parse, like any torn line.
            IEnumerable<string> lines = Encoding.UTF8.GetString(bytes).Split('\n').Reverse();
            int? attempt = lines.Select(AttemptOf).FirstOrDefault(a => a > 0);
            if (attempt > 0 || start == 0) return new EventLogTail(attempt ?? 0, bytes[^1] == '\n');
        }
    }

    private static int? AttemptOf(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonNode.Parse(line)?["attempt"]?.GetValue<int>() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
