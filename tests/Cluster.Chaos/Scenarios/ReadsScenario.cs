using System.Globalization;
using Starling.Cluster.Chaos.Disks;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// The disks that the shards are on fail for a while: on one loader, on all, and then they are slow. The run comes to
/// the same end. A shard that is damaged for good ends a run with its name, after every loader has tried.
/// </summary>
/// <param name="time">How long a disk fails.</param>
internal sealed class ReadsScenario(TimeSpan time) : Scenario
{
    /// <summary>A loader tries a disk again after pauses of up to 10 s.</summary>
    private const double Limit = 12;

    private const int SlowReadMilliseconds = 100;

    public override string Name => "reads";

    public override string Purpose => string.Create(CultureInfo.InvariantCulture,
        $"reads of the shards fail for {time.TotalSeconds:0} s on one loader, on all, are slow; a shard is damaged");

    public override async Task RunAsync(Lab lab)
    {
        if (await DiskFault.UnavailableAsync() is { } reason) throw new ChaosException(reason);
        Directory.CreateDirectory(lab.Folder(""));
        string shard = lab.Folder("shard.parquet");
        await SmallGroups.WriteAsync(shard);
        RunSettings settings = lab.Settings.With(SmallGroups.Settings(shard));
        await FailForAWhileAsync(lab, settings, shard);
        await DamageAsync(lab, settings, shard);
    }

    private async Task FailForAWhileAsync(Lab lab, RunSettings settings, string shard)
    {
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(2, Loaders: 2), lab.Folder("fails"), settings.Endless);
        await cluster.CompleteAsync();
        int[] loaders = [.. cluster.Members.Where(m => m.Role == "loader").Select(m => m.Process)];

        long before = cluster.Step;
        int failed = await ReadFault.FailAsync(loaders[..1], shard, time);
        lab.Report.Check(failed > 0 && cluster.Step > before + 1,
            $"{failed} reads failed on one loader; meanwhile {cluster.Step - before} steps were committed");

        failed = await ReadFault.FailAsync(loaders, shard, time);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Entry next = await cluster.EventLog.WaitAsync(e => e.Event == "committed" && e.Time > now, Timeout,
            "a step after the reads of all loaders failed", cluster.EventLog.Read().Count);
        lab.Report.Check(failed > 1, $"{failed} reads failed on all loaders");
        lab.Report.Limit("the time to the next step after that", (next.Time - now).TotalSeconds, Limit);
        lab.Report.Check(Says(cluster, "Input/output error"), "the loaders' logs name the error");
        await Poll.UntilAsync(
            () => Says(cluster, "the loader makes shares again"), Timeout, () => "a note of both loaders on its end");

        before = cluster.Step;
        int slow = await ReadFault.SlowAsync(loaders, shard, time, SlowReadMilliseconds);
        lab.Report.Check(slow > 0 && cluster.Step > before,
            $"{slow} reads were slow; meanwhile {cluster.Step - before} steps were committed");

        await cluster.EventLog.StepAsync(settings.Steps, WholeRun(lab));
        lab.Report.Check(cluster.History.Count == cluster.Members.Count, "no member was started again");
        await StopAndCheckAsync(lab, cluster, settings);
    }

    private static async Task DamageAsync(Lab lab, RunSettings settings, string shard)
    {
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(2, Loaders: 2), lab.Folder("damaged"), settings.Endless);
        await cluster.CompleteAsync();
        using (FileStream file = new(shard, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            // The last tenth has the footer, which is read only at the start.
            byte[] nothing = new byte[file.Length * 9 / 10];
            await file.WriteAsync(nothing);
        }
        int code = await cluster.EndAsync(WholeRun(lab));
        lab.Report.Check(code == 2, $"a damaged shard: exit code {code}");
        string? named = cluster.Lines.FirstOrDefault(
            line => line.Contains(shard, StringComparison.Ordinal) && line.Contains("row group"));
        lab.Report.Check(named is not null, $"it is named: {named ?? cluster.Lines[^1]}");
        foreach (string loader in (string[])["loader-1", "loader-2"])
            lab.Report.Check(Log(cluster, loader).Contains("row group"), $"{loader} has tried");
        CheckLeftovers(lab, cluster);
    }

    private static bool Says(LocalCluster cluster, string text) =>
        Log(cluster, "loader-1").Contains(text, StringComparison.Ordinal) &&
        Log(cluster, "loader-2").Contains(text, StringComparison.Ordinal);

    private static string Log(LocalCluster cluster, string member) =>
        File.ReadAllText(Path.Combine(cluster.Run, $"events-{member}.jsonl"));
}
