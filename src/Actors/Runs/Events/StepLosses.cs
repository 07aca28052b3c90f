using System.Text.Json;

namespace Starling.Actors.Runs.Events;

/// <summary>Reads the losses of a run's steps from its event log.</summary>
public static class StepLosses
{
    /// <summary>
    /// Returns the mean of the next-token loss over the <paramref name="count"/> steps up to <paramref name="step"/>,
    /// as far as the log has them; null if it has none. A step that was made again after a restart counts once, with
    /// its last loss.
    /// </summary>
    /// <param name="eventLog">Path of the run's <c>events.jsonl</c>. The file may be missing.</param>
    /// <param name="step">The last step of the mean.</param>
    /// <param name="count">Number of steps to average.</param>
    public static double? Mean(string eventLog, long step, int count)
    {
        if (!File.Exists(eventLog)) return null;
        Dictionary<long, double> losses = [];
        // A run that is still running has the file open for writing.
        using FileStream file = new(eventLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        while (reader.ReadLine() is { } line)
            if (ReadLoss(line) is { } loss && loss.Step > step - count && loss.Step <= step)
                losses[loss.Step] = loss.Value;
        return losses.Count > 0 ? losses.Values.Average() : null;
    }

    private static (long Step, double Value)? ReadLoss(string line)
    {
        if (!line.Contains("\"event\":\"step\"", StringComparison.Ordinal)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement e = document.RootElement, loss = e.GetProperty("loss_ar");
            return loss.ValueKind == JsonValueKind.Number ? (e.GetProperty("step").GetInt64(), loss.GetDouble()) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // the line was cut short by a crash
        }
    }
}
