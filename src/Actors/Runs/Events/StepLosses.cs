using System.Text.Json;

namespace Starling.Actors.Runs.Events;

/// <summary>Losses of a run's steps, from its event logs.</summary>
public static class StepLosses
{
    /// <summary>
    /// Computes the mean of the next-token loss over the last <paramref name="count"/> steps up to one, as far as the
    /// logs have them. A step that was made more than once, before and after a restart or by several trainers, counts
    /// once, as it was logged last.
    /// </summary>
    /// <param name="runFolder">
    /// The run's folder. Each node of a cluster has a log of its own in it, <c>events-NAME.jsonl</c>, beside the run's
    /// <c>events.jsonl</c>.
    /// </param>
    /// <param name="step">The last step.</param>
    /// <param name="count">Number of steps to take together.</param>
    /// <returns>The mean, or null if no log has one of the steps.</returns>
    public static double? Mean(string runFolder, long step, int count)
    {
        Dictionary<long, StepLoss> losses = [];
        foreach (string log in Directory.GetFiles(runFolder, "events*.jsonl").Order(StringComparer.Ordinal))
            foreach (StepLoss loss in Read(log).Where(loss => loss.Step > step - count && loss.Step <= step))
                // Times are ISO 8601 with a fixed number of digits, so their order is that of the texts.
                if (!losses.TryGetValue(loss.Step, out StepLoss known) ||
                    string.CompareOrdinal(loss.Time, known.Time) >= 0)
                    losses[loss.Step] = loss;
        return losses.Count > 0 ? losses.OrderBy(loss => loss.Key).Average(loss => loss.Value.Value) : null;
    }

    private static IEnumerable<StepLoss> Read(string log)
    {
        // A running run still writes to the file.
        using FileStream file = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(file);
        while (reader.ReadLine() is { } line)
            if (Parse(line) is { } loss) yield return loss;
    }

    private static StepLoss? Parse(string line)
    {
        if (!line.Contains("\"event\":\"step\"", StringComparison.Ordinal)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement e = document.RootElement, loss = e.GetProperty("loss_ar");
            return loss.ValueKind == JsonValueKind.Number
                ? new StepLoss(e.GetProperty("time").GetString() ?? "", e.GetProperty("step").GetInt64(),
                    loss.GetDouble())
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // A crash cut the line short.
        }
    }

    private readonly record struct StepLoss(string Time, long Step, double Value);
}
