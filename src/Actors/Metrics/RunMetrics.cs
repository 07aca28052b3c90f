using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// All metrics of a run, in a registry of their own. Setting a metric is a write to memory. <see cref="MetricsServer"/>
/// serves the metrics from another thread, so publishing them never delays the training. All members are thread-safe.
/// </summary>
public sealed class RunMetrics
{
    private readonly MetricBook _book = new();

    /// <summary>Creates all metrics. Those that the node exports from its start appear.</summary>
    /// <param name="time">The clock of timestamps, ages and ratios.</param>
    /// <param name="exporters">What the node is from its start; whether it leads is seen later.</param>
    public RunMetrics(TimeProvider time, Exporter exporters)
    {
        Leader = new LeaderMetrics(_book, time);
        Progress = new ProgressMetrics(_book);
        Learning = new LearningMetrics(_book);
        Data = new DataMetrics(_book, time);
        Exchange = new ExchangeMetrics(_book, time);
        Checkpoints = new CheckpointMetrics(_book, time);
        EventLog = new EventLogMetrics(_book);
        Evaluation = new EvaluationMetrics(_book);
        Identity = new IdentityMetrics(_book);
        Cluster = new ClusterMetrics(_book);
        Counter pauses = _book.Counter(Exporter.Node, "gc_pause_seconds_total",
            "Time that this process stood still while memory was collected");
        _book.Begin(exporters | Exporter.Node);
        DotNetStats.Register(_book.Registry);
        _book.Registry.AddBeforeCollectCallback(() =>
        {
            Data.Refresh();
            Exchange.Refresh();
            Checkpoints.Refresh();
            pauses.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
        });
    }

    /// <summary>The facts of the run; where the supervisor leads.</summary>
    public LeaderMetrics Leader { get; }

    /// <summary>Steps, images, tokens, phases and time of a trainer.</summary>
    public ProgressMetrics Progress { get; }

    /// <summary>Loss parts, gradient norm, learning rate, non-finite steps.</summary>
    public LearningMetrics Learning { get; }

    /// <summary>Waiting for data, queues and bad images.</summary>
    public DataMetrics Data { get; }

    /// <summary>Exchanges with other trainers: time and bytes.</summary>
    public ExchangeMetrics Exchange { get; }

    /// <summary>Checkpoints: duration, blocking, size, failures.</summary>
    public CheckpointMetrics Checkpoints { get; }

    /// <summary>Failures of the event logs.</summary>
    public EventLogMetrics EventLog { get; }

    /// <summary>Scores of checkpoints.</summary>
    public EvaluationMetrics Evaluation { get; }

    /// <summary>Program, run, node and attempt.</summary>
    public IdentityMetrics Identity { get; }

    /// <summary>Members and fences.</summary>
    public ClusterMetrics Cluster { get; }

    /// <summary>The registry that <c>/metrics</c> serves.</summary>
    public CollectorRegistry Registry => _book.Registry;

    /// <summary>The definitions of all metrics of this program, in the order of <c>docs/metrics.md</c>.</summary>
    public IReadOnlyList<MetricDefinition> Definitions => _book.Definitions;
}
