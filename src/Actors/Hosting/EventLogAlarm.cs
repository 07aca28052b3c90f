using Starling.Actors.Metrics;
using Starling.Actors.Reporting;
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Hosting;

/// <summary>Says on the terminal and in the metrics that an event log cannot be written. The run goes on.</summary>
internal sealed class EventLogAlarm(RunMetrics metrics, IProgressView view) : IEventLogWatch
{
    /// <inheritdoc/>
    public void Failed(string path, string reason)
    {
        metrics.EventLog.Failed();
        view.Note($"the event log {path} cannot be written ({reason}): make room; the run goes on, " +
            "and its lines are tried again");
    }

    /// <inheritdoc/>
    public void WrittenAgain(string path) => view.Note($"the event log {path} is written again");

    /// <inheritdoc/>
    public void Lost() => metrics.EventLog.Lost();
}
