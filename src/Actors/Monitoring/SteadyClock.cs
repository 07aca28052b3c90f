namespace Starling.Actors.Monitoring;

/// <summary>
/// The time of day as it was when the clock was made, and what has passed since. Sums of its differences are right even
/// if somebody sets the machine's clock.
/// </summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _mark = time.GetTimestamp();

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => _start + time.GetElapsedTime(_mark);
}
