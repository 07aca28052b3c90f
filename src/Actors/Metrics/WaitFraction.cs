namespace Starling.Actors.Metrics;

/// <summary>Measures the fraction of the wall time since a start that was spent on one thing. Thread-safe.</summary>
internal sealed class WaitFraction(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _started;
    private double _seconds;

    /// <summary>Whether the clock runs.</summary>
    public bool IsStarted
    {
        get
        {
            lock (_gate) return _started is not null;
        }
    }

    /// <summary>The fraction, 0 to 1; 0 before the start.</summary>
    public double Ratio
    {
        get
        {
            lock (_gate)
            {
                double elapsed = _started is { } started ? time.GetElapsedTime(started).TotalSeconds : 0;
                return elapsed > 0 ? Math.Min(1, _seconds / elapsed) : 0;
            }
        }
    }

    /// <summary>Starts the clock. Later calls do nothing.</summary>
    public void Start()
    {
        lock (_gate) _started ??= time.GetTimestamp();
    }

    /// <summary>
    /// Adds seconds to the time spent. If the clock does not run yet, it starts that many seconds ago.
    /// </summary>
    public void Add(double seconds)
    {
        lock (_gate)
        {
            _started ??= time.GetTimestamp() - (long)(seconds * time.TimestampFrequency);
            _seconds += seconds;
        }
    }
}
