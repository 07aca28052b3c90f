using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// TCP connections between nodes are reset at random moments, now one, now all at once. The processes go on; what was
/// on the way is lost.
/// </summary>
/// <param name="ones">How many times a random connection is reset.</param>
/// <param name="all">How many times all connections are reset at once.</param>
internal sealed class ConnectionsScenario(int ones, int all) : Scenario
{
    public override string Name => "connections";

    public override string Purpose =>
        $"{ones} resets of a random connection and {all} of all at once; the run ends as if nothing had been";

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings;
        KeyedRandom random = lab.Random(8);
        long[] moments = [.. Enumerable.Range(0, ones + all)
            .Select(_ => (long)(settings.Steps * (0.02 + 0.96 * random.NextDouble()))).Order()];
        HashSet<int> ofAll = [];
        while (ofAll.Count < all) ofAll.Add(random.Below(moments.Length));
        List<double> afterOne = [], afterAll = [];
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(3, Loaders: 2), lab.Folder(Name), settings.Endless);
        await cluster.CompleteAsync();
        for (int i = 0; i < moments.Length; i++)
        {
            await cluster.EventLog.StepAsync(moments[i], WholeRun(lab));
            IReadOnlyList<Connection> there =
                await Connections.BetweenAsync([.. cluster.Members.Select(m => m.Process)]);
            bool isOfAll = ofAll.Contains(i);
            Connection[] chosen = isOfAll ? [.. there] : [there[random.Below(there.Count)]];
            int entries = cluster.EventLog.Read().Count;
            await Connections.ResetAsync(chosen);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            Entry next = await cluster.EventLog.WaitAsync(e => e.Event == "committed" && e.Time > now, Timeout,
                $"a step after a reset of {chosen.Length} connections", entries);
            (isOfAll ? afterAll : afterOne).Add((next.Time - now).TotalSeconds);
        }
        await cluster.EventLog.StepAsync(settings.Steps, WholeRun(lab));
        Say(lab, "a reset of one connection", afterOne);
        Say(lab, "a reset of all connections", afterAll);
        if (afterOne.Count > 0)
            lab.Report.Limit("median time to the next step after a reset of one", Quantiles.Median(afterOne), 0.5);
        if (afterAll.Count > 0)
            lab.Report.Limit("median time to the next step after a reset of all", Quantiles.Median(afterAll), 3);
        await StopAndCheckAsync(lab, cluster, settings);
    }

    private static void Say(Lab lab, string what, List<double> pauses)
    {
        if (pauses.Count == 0) return;
        lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  to the next step after {what} ({pauses.Count}): median {Quantiles.Median(pauses):0.00} s, " +
            $"longest {pauses.Max():0.00} s"));
    }
}
