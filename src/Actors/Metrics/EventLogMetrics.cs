using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the event logs that this process writes.</summary>
public sealed class EventLogMetrics
{
    private readonly Counter _failures, _lost;

    internal EventLogMetrics(MetricBook book)
    {
        _failures = book.Counter(Exporter.Node, "event_log_failures_total",
            "Times that the disk began to refuse an event log's lines; they are tried again");
        _lost = book.Counter(Exporter.Node, "event_log_lost_lines_total",
            "Lines of event logs that were lost");
    }

    /// <summary>Counts the beginning of a time in which an event log cannot be written.</summary>
    public void Failed() => _failures.Inc();

    /// <summary>Counts a lost line.</summary>
    public void Lost() => _lost.Inc();
}
