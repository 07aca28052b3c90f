namespace Starling.Actors.Tests.Support;

/// <summary>
/// A clock that only a test moves, with the system's timers. Tests of leases need both: the code under test goes on
/// retrying in real time while the clock by which a lease lapses stands still. (FakeTimeProvider of
/// Microsoft.Extensions.TimeProvider.Testing fires timers only when its clock is moved, so such a retry would hang.)
/// </summary>
internal class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public void Advance(double seconds) => _now += TimeSpan.FromSeconds(seconds);
}
