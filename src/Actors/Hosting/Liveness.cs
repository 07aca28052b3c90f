using System.Globalization;
using Starling.Actors.Metrics;

namespace Starling.Actors.Hosting;

/// <summary>Decides what the health endpoints answer.</summary>
/// <param name="metrics">They know when the last step was committed.</param>
/// <param name="time">The clock.</param>
/// <param name="stepTimeout">If the last step is older, the node is not ready.</param>
internal sealed class Liveness(RunMetrics metrics, TimeProvider time, TimeSpan stepTimeout)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Reports alive, always. A process that can answer is alive, even while it loads a checkpoint.</summary>
    public static HealthReport Live() => new(true, new Dictionary<string, string> { ["process"] = "answers" });

    /// <summary>Reports ready while the last step of this process is younger than the timeout.</summary>
    public HealthReport Ready()
    {
        TimeSpan? age = metrics.Progress.SinceLastStep;
        bool ready = age is { } since && since < stepTimeout;
        string reason = age is null
            ? "no step yet, " + Seconds(time.GetElapsedTime(_started)) + " after the start"
            : "last step " + Seconds(age.Value) + " ago";
        return new HealthReport(ready, new Dictionary<string, string> { ["training"] = reason });
    }

    private static string Seconds(TimeSpan span) =>
        span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
