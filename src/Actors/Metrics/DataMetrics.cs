using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics that show whether the data keep up with the training.</summary>
public sealed class DataMetrics
{
    private readonly WaitFraction _waitFraction;
    private readonly Counter _wait, _bad, _faults;
    private readonly Gauge _ratio, _depth, _capacity;

    internal DataMetrics(MetricBook book, TimeProvider time)
    {
        _waitFraction = new WaitFraction(time);
        _wait = book.Counter(Exporter.Trainer, "data_wait_seconds_total", "Time the trainer waited for a batch");
        _ratio = book.Gauge(Exporter.Trainer, "data_wait_ratio",
            "Share of the training's wall time spent waiting for a batch");
        _depth = book.Gauge(Exporter.Trainer | Exporter.Loader, "queue_depth",
            "Batches waiting in a stage's queue", "stage");
        _capacity = book.Gauge(Exporter.Trainer | Exporter.Loader, "queue_capacity",
            "Batches a stage's queue holds at most", "stage");
        _bad = book.Counter(Exporter.Trainer, "bad_pictures_total", "Undecodable images met and replaced");
        _faults = book.Counter(Exporter.Loader, "loader_faults_total",
            "Shares of a step that this node's loader could not make, by what was wrong", "kind",
            "io", "missing", "memory", "damaged", "program");
    }

    /// <summary>Starts the clock of <see cref="WaitRatio"/>. To be called when training begins.</summary>
    public void Started() => _waitFraction.Start();

    /// <summary>Adds seconds that the trainer waited for a batch.</summary>
    public void Waited(double seconds)
    {
        _wait.Inc(seconds);
        _waitFraction.Add(seconds);
    }

    /// <summary>Fraction of the time since <see cref="Started"/> spent waiting for batches, 0 to 1.</summary>
    public double WaitRatio => _waitFraction.Ratio;

    /// <summary>Sets the depth and the capacity of a queue.</summary>
    /// <param name="stage"><c>batches</c> (of a loader) or <c>trainer</c>.</param>
    /// <param name="depth">Items in the queue.</param>
    /// <param name="capacity">Items that the queue can hold.</param>
    public void Queue(string stage, int depth, int capacity)
    {
        _depth.WithLabels(stage).Set(depth);
        _capacity.WithLabels(stage).Set(capacity);
    }

    /// <summary>Counts undecodable images.</summary>
    public void BadImages(int count = 1) => _bad.Inc(count);

    /// <summary>Counts a share that the loader could not make.</summary>
    /// <param name="kind">io, missing, memory, damaged or program.</param>
    public void LoaderFault(string kind) => _faults.WithLabels(kind).Inc();

    internal void Refresh()
    {
        if (_waitFraction.IsStarted) _ratio.Set(WaitRatio);
    }
}
