namespace Starling.Actors.Tests.Support;

/// <summary>
/// The system's clock, which a trainer's thread reads many times a step: the one seam that reaches into the middle of a
/// step. A test can have something happen (a fault, a stop) at any of these readings, whatever the machine's speed.
/// </summary>
internal sealed class TrainerClock : TimeProvider
{
    private readonly Dictionary<long, Action> _plans = [];
    private long _readings;

    /// <summary>Readings by trainer threads so far.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Has <paramref name="action"/> happen at a reading, from 1.</summary>
    public TrainerClock At(long reading, Action action)
    {
        _plans[reading] = action;
        return this;
    }

    public override long GetTimestamp()
    {
        if (Thread.CurrentThread.Name == "trainer"
            && _plans.TryGetValue(Interlocked.Increment(ref _readings), out Action? plan))
            plan();
        return base.GetTimestamp();
    }
}
