using Starling.Actors.Monitoring;
using Starling.Data;

namespace Starling.Actors.Hosting;

/// <summary>
/// Tells Prometheus, by a file in the run's folder, where this process serves its metrics. A disk that hangs or refuses
/// keeps the process neither from its work nor from its end; the file is written once the disk takes it.
/// </summary>
/// <param name="target">Where the metrics are.</param>
/// <param name="runFolder">The run's folder.</param>
/// <param name="note">Prints a line.</param>
internal sealed class Announcement(ScrapeTarget target, string runFolder, Action<string> note)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10), EndTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _withdrawn = new();
    private Task _made = Task.CompletedTask;

    /// <summary>Begins to write the file, and returns at once.</summary>
    public void Make() => _made = Task.Run(async () =>
    {
        for (bool noted = false; !TryDo(() => target.Write(runFolder), noted); noted = true)
            await Task.Delay(RetryAfter, _withdrawn.Token);
    });

    /// <summary>
    /// Deletes the file, because the process ends as it should. The task completes in a few seconds at most.
    /// </summary>
    public async Task WithdrawAsync()
    {
        await _withdrawn.CancelAsync();
        Task withdrawn = Task.Run(async () =>
        {
            await _made.ContinueWith(_ => { }, TaskScheduler.Default);
            TryDo(() => target.Delete(runFolder), noted: false);
        });
        await Task.WhenAny(withdrawn, Task.Delay(EndTimeout));
    }

    private bool TryDo(Action work, bool noted)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            if (!noted)
                note($"{runFolder}: the file by which Prometheus finds this node cannot be changed ({e.Message})");
            return false;
        }
    }
}
