namespace Starling.Model.Training;

/// <summary>Adds up how long each phase of a step took.</summary>
public sealed class PhaseClock(TimeProvider time)
{
    private readonly double[] _seconds = new double[Enum.GetValues<StepPhase>().Length];
    private long _since = time.GetTimestamp();

    /// <summary>Seconds of each phase, indexed by <see cref="StepPhase"/>.</summary>
    public IReadOnlyList<double> Seconds => _seconds;

    /// <summary>Starts timing without charging the time since the last mark to any phase.</summary>
    public void Start() => _since = time.GetTimestamp();

    /// <summary>Charges the time since the last mark to <paramref name="phase"/>.</summary>
    public void Mark(StepPhase phase)
    {
        long now = time.GetTimestamp();
        _seconds[(int)phase] += time.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
    }
}
