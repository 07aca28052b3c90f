using System.Globalization;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// One trainer dies and comes back again and again: what survives needs no more memory, files and threads after many
/// generations than after a few. As many generations again come first: pools, the compiler and the collector of garbage
/// need a while until they have what they need.
/// </summary>
/// <param name="generations">How many at least.</param>
internal sealed class SoakScenario(int generations) : Scenario
{
    /// <summary>Limits, from the first to the last third.</summary>
    private const double Growth = 0.03, PerGeneration = 0.25;

    public override string Name => "soak";

    public override string Purpose => $"the survivors' memory is flat over {generations} generations";

    public override async Task RunAsync(Lab lab)
    {
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(3), lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        Member[] survivors = [.. cluster.Members.Where(m => m.Name is not "trainer-3")];
        Dictionary<string, List<Footprint>> seen = survivors.ToDictionary(m => m.Name, _ => new List<Footprint>());
        long first = GenerationOf(cluster);
        while (GenerationOf(cluster) - first < 2 * generations)
        {
            int entries = cluster.EventLog.Read().Count;
            Member victim = await cluster.MemberAsync("trainer-3");
            Signals.Send(victim.Process, Signals.Kill);
            await cluster.MemberAsync("trainer-3", besides: victim.Process);
            await cluster.RunningAsync(3, entries);
            if (GenerationOf(cluster) - first < generations) continue;
            foreach (Member survivor in survivors) seen[survivor.Name].Add(Footprint.Of(survivor.Process));
        }
        lab.Report.Say($"  {GenerationOf(cluster) - first} generations, {cluster.Step} steps");
        foreach ((string name, List<Footprint> all) in seen)
        {
            Footprint[] early = [.. all.Take(all.Count / 3)], late = [.. all.TakeLast(all.Count / 3)];
            lab.Report.Say($"  {name}: MB after every third death: " + string.Join(' ', all
                .Where((_, i) => i % 3 == 0).Select(f => f.Megabytes.ToString("0", CultureInfo.InvariantCulture))));
            (double before, double after) = (Quantiles.Median(early.Select(f => f.Megabytes)),
                Quantiles.Median(late.Select(f => f.Megabytes)));
            Compare(lab.Report, $"{name}: median MB", before, after, before * Growth);
            // Pools and connections breathe by tens: what leaks is there when they are at rest, too.
            double apart = generations * 2 / 3.0 * PerGeneration;
            Compare(lab.Report, $"{name}: least files", early.Min(f => f.Files), late.Min(f => f.Files), apart);
            Compare(lab.Report, $"{name}: least threads", early.Min(f => f.Threads), late.Min(f => f.Threads), apart);
        }
        await StopAsync(lab, cluster);
    }

    private static void Compare(Report report, string what, double before, double after, double growth) =>
        report.Check(after <= before + growth, string.Create(CultureInfo.InvariantCulture,
            $"{what}: {before:0.0} in the first third, {after:0.0} in the last ({after / before - 1:+0.0%;-0.0%})"));
}
