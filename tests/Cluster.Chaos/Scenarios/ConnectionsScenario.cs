using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// TCP connections between nodes are reset at random moments: now one, now all at once, now those that one node has
/// opened, so that what it sends is lost and what it receives is not. The processes go on.
/// </summary>
/// <param name="ones">How many times a random connection is reset.</param>
/// <param name="all">How many times all connections are reset at once.</param>
/// <param name="outgoing">How many times all connections are reset that a random node has opened.</param>
internal sealed class ConnectionsScenario(int ones, int all, int outgoing) : Scenario
{
    public override string Name => "connections";

    public override string Purpose =>
        $"{ones} resets of a random connection, {all} of all at once, {outgoing} of those that one node opened; " +
        "the run ends as if nothing had been";

    private enum Kind
    {
        One,
        All,
        Outgoing,
    }

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings;
        KeyedRandom random = lab.Random(8);
        Kind[] kinds =
        [
            .. Enumerable.Repeat(Kind.One, ones), .. Enumerable.Repeat(Kind.All, all),
            .. Enumerable.Repeat(Kind.Outgoing, outgoing),
        ];
        (long Step, Kind Kind)[] resets = [.. kinds
            .Select(kind => ((long)(settings.Steps * (0.02 + 0.96 * random.NextDouble())), kind)).Order()];
        Dictionary<Kind, List<double>> pauses =
            Enum.GetValues<Kind>().ToDictionary(kind => kind, _ => new List<double>());
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(3, Loaders: 2), lab.Folder(Name), settings.Endless);
        await cluster.CompleteAsync();
        foreach ((long step, Kind kind) in resets)
        {
            await cluster.EventLog.StepAsync(step, WholeRun(lab));
            int[] processes = [.. cluster.Members.Select(m => m.Process)];
            IReadOnlyList<Connection> there = await Connections.BetweenAsync(processes);
            IReadOnlyList<Connection> chosen = kind switch
            {
                Kind.One => [there[random.Below(there.Count)]],
                Kind.All => there,
                _ => Connections.OpenedBy(processes[random.Below(processes.Length)], there),
            };
            int entries = cluster.EventLog.Read().Count;
            await Connections.ResetAsync(chosen);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            Entry next = await cluster.EventLog.WaitAsync(e => e.Event == "committed" && e.Time > now, Timeout,
                $"a step after a reset of {chosen.Count} connections", entries);
            pauses[kind].Add((next.Time - now).TotalSeconds);
        }
        await cluster.EventLog.StepAsync(settings.Steps, WholeRun(lab));
        Say(lab, "of one connection", pauses[Kind.One], 0.5);
        Say(lab, "of all connections", pauses[Kind.All], 3);
        Say(lab, "of the connections that one node opened", pauses[Kind.Outgoing], 3);
        await StopAndCheckAsync(lab, cluster, settings);
    }

    private static void Say(Lab lab, string what, List<double> pauses, double limit)
    {
        if (pauses.Count == 0) return;
        lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  to the next step after a reset {what} ({pauses.Count}): median {Quantiles.Median(pauses):0.00} s, " +
            $"longest {pauses.Max():0.00} s"));
        lab.Report.Limit($"  the median after a reset {what}", Quantiles.Median(pauses), limit);
    }
}
