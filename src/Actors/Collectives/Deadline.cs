using System.Diagnostics;

namespace Starling.Actors.Collectives;

/// <summary>
/// A time limit for several waits together. It uses the real clock, not a TimeProvider, because threads and the kernel
/// wait in real time.
/// </summary>
internal readonly struct Deadline(TimeSpan timeout)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>The time left, never negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether no time is left.</summary>
    public bool Passed => Remaining == TimeSpan.Zero;
}
