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
/// <param name="TrainerQueueCapacity">Most steps that wait in the trainer's queue.</param>
/// <param name="Health">Learns whether the node's trainer holds the state.</param>
/// <param name="RunFolder">The run's folder.</param>
/// <param name="Final">Gets the last figures when the monitor stops.</param>
public sealed record MonitorOutputs(
    RunMetrics Metrics, EventLog Events, IProgressView View, TensorBoardCurves? TensorBoard, Uri Address,
    int TrainerQueueCapacity, NodeHealth Health, string RunFolder,
    TaskCompletionSource<RunProgress> Final);
