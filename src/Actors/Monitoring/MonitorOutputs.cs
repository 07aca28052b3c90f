using Starling.Actors.Metrics;
using Starling.Actors.Reporting;
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Monitoring;

/// <summary>Where a monitor writes what it is told.</summary>
/// <param name="Metrics">Prometheus metrics.</param>
/// <param name="Events">The node's event log.</param>
/// <param name="View">The terminal.</param>
/// <param name="TensorBoard">TensorBoard files; null if the configuration asks for none.</param>
/// <param name="Address">Where the metrics are served.</param>
/// <param name="Queues">Sets the queue gauges. Its second argument is the depth of the trainer's own queue.</param>
/// <param name="Final">Completed with the last figures when the monitor stops.</param>
public sealed record MonitorOutputs(
    RunMetrics Metrics, EventLog Events, IProgressView View, TensorBoardCurves? TensorBoard, Uri Address,
    Action<DataMetrics, int> Queues, TaskCompletionSource<RunProgress> Final);
