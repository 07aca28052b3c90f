using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the age and size of checkpoints, and of what writing them costs.</summary>
public sealed class CheckpointMetrics
{
    private readonly TimeProvider _time;
    private readonly WaitFraction _blockedFraction;
    private readonly Histogram _phase;
    private readonly Counter _blocked, _failures;
    private readonly Gauge _ratio, _bytes, _step, _timestamp, _age;
    private readonly Lock _gate = new();
    private long? _ageBegan; // timestamp of the last commit or of the start

    internal CheckpointMetrics(MetricBook book, TimeProvider time)
    {
        _time = time;
        _blockedFraction = new WaitFraction(time);
        _phase = book.Seconds("checkpoint_seconds", "Time of a checkpoint's phases", "phase");
        _blocked = book.Counter("checkpoint_blocked_seconds_total", "Time the trainer stood still for checkpoints");
        _ratio = book.Gauge("checkpoint_blocked_ratio",
            "Share of the training's wall time it stood still for checkpoints");
        _bytes = book.Gauge("checkpoint_bytes", "Size of the last checkpoint");
        _step = book.Gauge("checkpoint_last_good_step", "Step of the last committed checkpoint");
        _timestamp = book.Gauge("checkpoint_timestamp_seconds", "When the last checkpoint was committed (Unix time)");
        _age = book.Gauge("checkpoint_age_seconds", "Time since the last committed checkpoint, or since the start");
        _failures = book.Counter("checkpoint_failures_total",
            "Checkpoints that could not be written or read", "reason");
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
    /// <param name="step">Its step.</param>
    /// <param name="bytes">Its size in bytes.</param>
    public void Committed(long step, long bytes)
    {
        _step.Set(step);
        _bytes.Set(bytes);
        _timestamp.Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
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
        _ratio.Set(BlockedRatio);
        _age.Set(Age?.TotalSeconds ?? 0);
    }
}
