using System.Globalization;
using Starling.Actors.Metrics;

namespace Starling.Actors.Hosting;

/// <summary>What the health endpoints answer.</summary>
internal sealed class Liveness(RunMetrics metrics, TimeProvider time, TimeSpan stepTimeout)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>The process answers: that is all it takes. A node that loads a checkpoint is alive.</summary>
    public static HealthReport Live() => new(true, new Dictionary<string, string> { ["process"] = "answers" });

    /// <summary>Ready once training began, and while steps are made or an evaluation ends the run.</summary>
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
