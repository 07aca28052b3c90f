using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the size of checkpoints, and of what writing them costs.</summary>
public sealed class CheckpointMetrics
{
    private readonly TimeProvider _time;
    private readonly WaitFraction _blockedFraction;
    private readonly Histogram _phase;
    private readonly Counter _blocked, _failures;
    private readonly Gauge _ratio, _bytes;
    private readonly Lock _gate = new();
    private long? _ageBegan; // timestamp of the last commit or of the start

    internal CheckpointMetrics(MetricBook book, TimeProvider time)
    {
        _time = time;
        _blockedFraction = new WaitFraction(time);
        _phase = book.Seconds(Exporter.Trainer, "checkpoint_seconds", "Time of a checkpoint's phases", "phase");
        _blocked = book.Counter(Exporter.Trainer, "checkpoint_blocked_seconds_total",
            "Time the trainer stood still for checkpoints");
        _ratio = book.Gauge(Exporter.Trainer, "checkpoint_blocked_ratio",
            "Share of the training's wall time it stood still for checkpoints");
        _bytes = book.Gauge(Exporter.Trainer, "checkpoint_bytes", "Size of the last checkpoint that this node wrote");
        _failures = book.Counter(Exporter.Trainer, "checkpoint_failures_total",
            "Checkpoints that could not be written or read", "reason", "disk_full", "io", "corrupt", "fenced");
    }

    /// <summary>
    /// Starts the clocks of <see cref="BlockedRatio"/> and of <see cref="Age"/>. To be called when training begins.
    /// </summary>
    public void Started()
    {
        _blockedFraction.Start();
        lock (_gate) _ageBegan ??= _time.GetTimestamp();
    }

    /// <summary>Records how long a phase of one checkpoint took.</summary>
    /// <param name="phase">stage, write, verify, commit or restore.</param>
    /// <param name="seconds">Its duration in seconds.</param>
    public void Phase(string phase, double seconds) => _phase.WithLabels(phase).Observe(seconds);

    /// <summary>Adds seconds that the trainer stood still for a checkpoint.</summary>
    public void Blocked(double seconds)
    {
        _blocked.Inc(seconds);
        _blockedFraction.Add(seconds);
    }

    /// <summary>Fraction of the time since <see cref="Started"/> that the trainer stood still, 0 to 1.</summary>
    public double BlockedRatio => _blockedFraction.Ratio;

    /// <summary>Records a committed checkpoint.</summary>
    /// <param name="bytes">Its size in bytes.</param>
    public void Committed(long bytes)
    {
        _bytes.Set(bytes);
        lock (_gate) _ageBegan = _time.GetTimestamp();
    }

    /// <summary>
    /// Time since this process committed a checkpoint, or else since <see cref="Started"/>; null before training.
    /// </summary>
    public TimeSpan? Age
    {
        get
        {
            lock (_gate) return _ageBegan is { } since ? _time.GetElapsedTime(since) : null;
        }
    }

    /// <summary>Counts a checkpoint that could not be written or read.</summary>
    /// <param name="reason">disk_full, io, corrupt or fenced.</param>
    public void Failed(string reason) => _failures.WithLabels(reason).Inc();

    internal void Refresh()
    {
        if (_blockedFraction.IsStarted) _ratio.Set(BlockedRatio);
    }
}
