using Starling.Actors.Metrics;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>
/// What the leading supervisor's node keeps in the run's folder beside the ledger: what the time was spent on; and how
/// much room there is. A disk that hangs or refuses keeps nobody waiting: the work is left out until it is done.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="started">When this process started.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaderFiles(string folder, DateTimeOffset started, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private Task _work = Task.CompletedTask;
    private long _kept;

    /// <summary>When this process started.</summary>
    public DateTimeOffset Started => started;

    /// <summary>What an earlier supervisor has accounted for; null for the first one.</summary>
    public RunTimesRecord? Earlier() => RunTimesRecord.Read(folder);

    /// <summary>
    /// Stores the times, and sets the metric of free space; every few seconds, unless it is urgent. Returns at once.
    /// </summary>
    public void Keep(RunTimesRecord times, LeaderMetrics metrics, bool isUrgent = false)
    {
        bool isDue = _kept == 0 || isUrgent || time.GetElapsedTime(_kept) >= Interval;
        if (!isDue || !_work.IsCompleted) return;
        _kept = time.GetTimestamp();
        _work = Task.Run(() =>
        {
            try
            {
                metrics.FreeBytes(new DriveInfo(folder).AvailableFreeSpace);
                times.Write(folder);
            }
            catch (Exception e) when (e.IsDiskFailure())
            {
                // The next times hold these too. That the disk refuses is told by those who need it.
            }
        });
    }

    /// <summary>Waits for what is under way, but not for long.</summary>
    public void Close(RunTimesRecord times, LeaderMetrics metrics)
    {
        _work.Wait(Interval);
        Keep(times, metrics, isUrgent: true);
        _work.Wait(Interval);
    }
}
