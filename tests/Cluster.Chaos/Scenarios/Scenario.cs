using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>Something that happens to clusters, and what has to hold all the same.</summary>
internal abstract class Scenario
{
    /// <summary>How long a run may take from one committed step to the next before it counts as stuck.</summary>
    protected static readonly TimeSpan Timeout = LocalCluster.Timeout;

    /// <summary>What a user calls it.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    public abstract string Purpose { get; }

    /// <summary>Makes it happen, and reports.</summary>
    public abstract Task RunAsync(Lab lab);

    /// <summary>How long a whole run may take: steps are never that slow.</summary>
    protected static TimeSpan WholeRun(Lab lab) => Timeout + TimeSpan.FromSeconds(lab.Settings.Steps);

    /// <summary>Kills members; gives the seconds until the next step was committed.</summary>
    protected static async Task<double> KillAsync(LocalCluster cluster, IReadOnlyList<Member> victims)
    {
        // The others are replaced without a new generation.
        bool disturbs = victims.Any(v => v.Role is "trainer" or "supervisor");
        long generation = GenerationOf(cluster);
        int entries = cluster.EventLog.Read().Count;
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        foreach (Member victim in victims) Signals.Send(victim.Process, Signals.Kill);
        Entry next = await cluster.EventLog.WaitAsync(
            e => e.Event == "committed" && e.Time > now && (e.Generation > generation || !disturbs), Timeout,
            $"a step after the death of {string.Join(", ", victims.Select(v => v.Name))}", entries);
        return (next.Time - now).TotalSeconds;
    }

    /// <summary>The latest generation that steps were committed in.</summary>
    protected static long GenerationOf(LocalCluster cluster) =>
        cluster.EventLog.Read().LastOrDefault(e => e.Event == "committed")?.Generation ?? 0;

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
