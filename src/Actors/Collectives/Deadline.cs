using System.Diagnostics;

namespace Starling.Actors.Collectives;

/// <summary>
/// The end of a wait that consists of several. Real time: what waits here is a thread, or the kernel.
/// </summary>
internal readonly struct Deadline(TimeSpan timeout)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Time left, never negative.</summary>
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
