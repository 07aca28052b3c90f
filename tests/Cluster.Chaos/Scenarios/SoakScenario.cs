using System.Globalization;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// One trainer dies and comes back again and again: what survives needs no more memory, files and threads after many
/// generations than after a few.
/// </summary>
/// <param name="generations">How many at least.</param>
internal sealed class SoakScenario(int generations) : Scenario
{
    private const double Growth = 0.03;

    public override string Name => "soak";

    public override string Purpose => $"the survivors' memory is flat over {generations} generations";

    public override async Task RunAsync(Lab lab)
    {
        await using LocalCluster cluster = LocalCluster.Start(new ClusterPlan(3), lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        Member[] survivors = [.. cluster.Members.Where(m => m.Name is not "trainer-3")];
        Dictionary<string, List<Footprint>> seen = survivors.ToDictionary(m => m.Name, _ => new List<Footprint>());
        long first = GenerationOf(cluster);
        while (GenerationOf(cluster) - first < generations)
        {
            int entries = cluster.Diary.Read().Count;
            Member victim = (await cluster.MemberAsync("trainer-3")) is var m && Signals.IsRunning(m.Process) ? m
                : await cluster.MemberAsync("trainer-3", besides: m.Process);
            Signals.Send(victim.Process, Signals.Kill);
            await cluster.MemberAsync("trainer-3", besides: victim.Process);
            await cluster.RunningAsync(3, entries);
            foreach (Member survivor in survivors) seen[survivor.Name].Add(Footprint.Of(survivor.Process));
        }
        lab.Report.Say($"  {GenerationOf(cluster) - first} generations, {cluster.Step} steps");
        foreach ((string name, List<Footprint> all) in seen)
        {
            // The first third warms pools and the compiler up.
            Footprint[] early = [.. all.Skip(all.Count / 3).Take(all.Count / 3)], late = [.. all.TakeLast(all.Count / 3)];
            double before = Quantiles.Median(early.Select(f => f.Megabytes)), after = Quantiles.Median(late.Select(f => f.Megabytes));
            lab.Report.Check(after <= before * (1 + Growth), string.Create(CultureInfo.InvariantCulture,
                $"{name}: {before:0.0} MB in the second third, {after:0.0} MB in the last ({after / before - 1:+0.0%;-0.0%}, limit {Growth:+0%})"));
            lab.Report.Check(late.Min(f => f.Files) <= early.Max(f => f.Files) && late.Min(f => f.Threads) <= early.Max(f => f.Threads),
                $"{name}: files {early.Max(f => f.Files)} and {late.Min(f => f.Files)}, threads {early.Max(f => f.Threads)} and {late.Min(f => f.Threads)}");
        }
        int code = await cluster.StopAsync();
        lab.Report.Check(code == 0, $"exit code {code}");
        CheckLeftovers(lab, cluster);
    }
}
