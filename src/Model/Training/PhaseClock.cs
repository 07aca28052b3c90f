namespace Starling.Model.Training;

/// <summary>Adds up how long each phase of a step took.</summary>
public sealed class PhaseClock(TimeProvider time)
{
    private readonly double[] _seconds = new double[Enum.GetValues<StepPhase>().Length];
    private long _since = time.GetTimestamp();

    /// <summary>Seconds of each phase, indexed by <see cref="StepPhase"/>.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    /// <summary>The source of the time.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// Adds the mean of the times that clocks of parallel workers measured, and starts timing from now.
    /// </summary>
    public void AddMean(IReadOnlyCollection<PhaseClock> clocks)
    {
        foreach (PhaseClock clock in clocks)
            for (int phase = 0; phase < _seconds.Length; phase++)
                _seconds[phase] += clock._seconds[phase] / clocks.Count;
        Start();
    }

    /// <summary>Starts timing from now. The time since the last mark counts for no phase.</summary>
    public void Start() => _since = time.GetTimestamp();

    /// <summary>Adds the time since the last mark to <paramref name="phase"/>.</summary>
    public void Mark(StepPhase phase)
    {
        long now = time.GetTimestamp();
        _seconds[(int)phase] += time.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
    }
}
