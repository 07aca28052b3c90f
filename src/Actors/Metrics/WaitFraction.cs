namespace Starling.Actors.Metrics;

/// <summary>The share of the wall time since a start that was spent in one way.</summary>
internal sealed class WaitFraction(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _started;
    private double _seconds;

    /// <summary>0 to 1; 0 before the start.</summary>
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

    /// <summary>Starts the clock; later calls do nothing.</summary>
    public void Start()
    {
        lock (_gate) _started ??= time.GetTimestamp();
    }

    /// <summary>Adds time, starting the clock that long ago if it does not run yet.</summary>
    public void Add(double seconds)
    {
        lock (_gate)
        {
            _started ??= time.GetTimestamp() - (long)(seconds * time.TimestampFrequency);
            _seconds += seconds;
        }
    }
}
