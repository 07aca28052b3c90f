using Starling.Actors.Monitoring;
using Starling.Data;

namespace Starling.Actors.Hosting;

/// <summary>
/// Tells Prometheus, by a file in the run's folder, where this process serves its metrics. A disk that hangs or refuses
/// keeps the process neither from its work nor from its end.
/// </summary>
/// <param name="target">Where the metrics are.</param>
/// <param name="runFolder">The run's folder.</param>
/// <param name="note">Prints a line.</param>
internal sealed class Announcement(ScrapeTarget target, string runFolder, Action<string> note)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Writes the file. The task completes in a few seconds at most.</summary>
    public Task MakeAsync() => TryAsync(() => target.Write(runFolder));

    /// <summary>Deletes the file, because the process ends as it should.</summary>
    public Task WithdrawAsync() => TryAsync(() => target.Delete(runFolder));

    private async Task TryAsync(Action work)
    {
        Task done = Task.Run(work);
        if (await Task.WhenAny(done, Task.Delay(Timeout)) != done) return;
        try
        {
            await done;
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            note($"{runFolder}: the file by which Prometheus finds this node cannot be changed ({e.Message})");
        }
    }
}
