using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>Something that happens to clusters, and what has to hold all the same.</summary>
internal abstract class Scenario
{
    /// <summary>How long a run may take from one committed step to the next before it counts as stuck.</summary>
    protected static readonly TimeSpan Patience = LocalCluster.Patience;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    /// <summary>What a user calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    public abstract string Purpose { get; }

    /// <summary>Makes it happen, and reports.</summary>
    public abstract Task RunAsync(Lab lab);

    /// <summary>How long a whole run may take: steps are never that slow.</summary>
    protected static TimeSpan WholeRun(Lab lab) => Patience + TimeSpan.FromSeconds(lab.Settings.Steps);

    /// <summary>Seconds from a moment to the first step committed in a later generation.</summary>
    protected static async Task<double> NextCommitAsync(LocalCluster cluster, DateTimeOffset moment, long generation) =>
        ((await cluster.Diary.WaitAsync(e => e.Event == "committed" && e.Generation > generation, Patience,
            $"a step of a generation after {generation}")).Time - moment).TotalSeconds;

    /// <summary>Tries again and again until there is something.</summary>
    protected static async Task<T> UntilAsync<T>(Func<T?> find, string what) where T : class
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (find() is { } found) return found;
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new ChaosException($"{what}: not in {Patience.TotalSeconds:0} s");
            await Task.Delay(Moment);
        }
    }

    /// <summary>The latest generation that steps were committed in.</summary>
    protected static long GenerationOf(LocalCluster cluster) =>
        cluster.Diary.Read().LastOrDefault(e => e.Event == "committed")?.Generation ?? 0;

    /// <summary>
    /// Stops a run that would go on, and holds it against one of as many steps in one process. However fast steps are,
    /// what was to happen has happened.
    /// </summary>
    protected static async Task StopAndCheckAsync(Lab lab, LocalCluster cluster, RunSettings settings, long redone = 0)
    {
        await StopAsync(lab, cluster);
        ReferenceRun reference = await lab.ReferenceAsync(settings with { Steps = RunFolder.Stored(cluster.Run) });
        await RunCheck.RunAsync(lab.Report, cluster.Run, reference, redone);
    }

    /// <summary>Stops a run that would go on; nothing of it is left then but its folder.</summary>
    protected static async Task StopAsync(Lab lab, LocalCluster cluster)
    {
        int code = await cluster.StopAsync();
        lab.Report.Check(code == 0, $"exit code {code}");
        CheckLeftovers(lab, cluster);
    }

    protected static void CheckLeftovers(Lab lab, LocalCluster cluster)
    {
        IReadOnlyList<string> left = cluster.Leftovers();
        lab.Report.Check(left.Count == 0, $"left behind: {(left.Count == 0 ? "nothing" : string.Join(", ", left))}");
    }
}
