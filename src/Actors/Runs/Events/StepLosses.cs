using System.Text.Json;

namespace Starling.Actors.Runs.Events;

/// <summary>Losses of a run's steps, from its event log.</summary>
public static class StepLosses
{
    /// <summary>
    /// Mean of the next-token loss over the last <paramref name="count"/> steps up to one, as far as the log has them;
    /// null if it has none. A step that was made twice, before and after a restart, counts once.
    /// </summary>
    /// <param name="eventLog">The run's <c>events.jsonl</c>; may be missing.</param>
    /// <param name="step">The last step.</param>
    /// <param name="count">Steps to take together.</param>
    public static double? Mean(string eventLog, long step, int count)
    {
        if (!File.Exists(eventLog)) return null;
        Dictionary<long, double> losses = [];
        // A running run still writes to it.
        using FileStream file = new(eventLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        while (reader.ReadLine() is { } line)
            if (Loss(line) is { } loss && loss.Step > step - count && loss.Step <= step)
                losses[loss.Step] = loss.Value;
        return losses.Count > 0 ? losses.Values.Average() : null;
    }

    private static (long Step, double Value)? Loss(string line)
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
            return null; // torn by a crash
        }
    }
}
