using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Whether the data keep up with the training.</summary>
public sealed class DataMetrics
{
    private readonly WaitFraction _share;
    private readonly Counter _wait, _bad;
    private readonly Gauge _ratio, _depth, _capacity;

    internal DataMetrics(MetricBook book, TimeProvider time)
    {
        _share = new WaitFraction(time);
        _wait = book.Counter("data_wait_seconds_total", "Time the trainer waited for a batch");
        _ratio = book.Gauge("data_wait_ratio", "Share of the training's wall time spent waiting for a batch");
        _depth = book.Gauge("queue_depth", "Batches waiting in a stage's queue", "stage");
        _capacity = book.Gauge("queue_capacity", "Batches a stage's queue holds at most", "stage");
        _bad = book.Counter("bad_pictures_total", "Undecodable images met and replaced");
    }

    /// <summary>Starts the clock of <see cref="WaitRatio"/>: call it when the first batch is asked for.</summary>
    public void Started() => _share.Start();

    /// <summary>Adds time the trainer waited for a batch.</summary>
    public void Waited(double seconds)
    {
        _wait.Inc(seconds);
        _share.Add(seconds);
    }

    /// <summary>Share of the time since <see cref="Started"/> spent waiting, 0 to 1.</summary>
    public double WaitRatio => _share.Ratio;

    /// <summary>Sets a queue's state.</summary>
    /// <param name="stage">batches (of a loader) or trainer.</param>
    /// <param name="depth">Items in it.</param>
    /// <param name="capacity">Items it can hold.</param>
    public void Queue(string stage, int depth, int capacity)
    {
        _depth.WithLabels(stage).Set(depth);
        _capacity.WithLabels(stage).Set(capacity);
    }

    /// <summary>Counts undecodable images.</summary>
    public void BadImages(int count = 1) => _bad.Inc(count);

    internal void Refresh() => _ratio.Set(WaitRatio);
}
