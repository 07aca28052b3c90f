using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Networks;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// The network between the nodes is cut in two at random places, again and again: one side commits steps, the other one
/// ends and comes back when the network does.
/// </summary>
/// <param name="rounds">How often.</param>
internal sealed class PartitionScenario(int rounds) : Scenario
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15), NodeTimeout = TimeSpan.FromMinutes(2);

    public override string Name => "partition";

    public override string Purpose => $"{rounds} network partitions: one side commits, the other one stops and rejoins";

    public override async Task RunAsync(Lab lab)
    {
        if (await VirtualNetwork.UnavailableAsync() is { } reason) throw new ChaosException(reason);
        ReferenceRun reference = await lab.ReferenceAsync(lab.Settings);
        KeyedRandom random = lab.Random(3);
        List<double> stops = [];
        await using NetworkedCluster cluster = await NetworkedCluster.StartAsync(
            lab.Folder(Name), lab.Settings.Endless);
        for (int round = 1; round <= rounds; round++)
        {
            await cluster.CompleteAsync(Timeout);
            // One or two of the five: with them cut off, the others always have a trainer.
            NetworkedNode[] part =
                [.. random.Choose(1 + random.Below(2), cluster.Nodes.Count).Select(i => cluster.Nodes[i])];
            await Task.Delay(TimeSpan.FromMilliseconds(1000 * random.NextDouble()));
            stops.Add(await RoundAsync(lab.Report, cluster, part, round));
        }
        await cluster.CompleteAsync(Timeout);
        foreach (NetworkedNode node in cluster.Nodes.Where(n => n.Trains).Concat(cluster.Nodes.Where(n => !n.Trains)))
        {
            int code = await node.TerminateAsync();
            lab.Report.Check(code == 0, $"{node.Name}: SIGTERM, exit code {code}");
        }
        lab.Report.Limit("the longest time until all of the other side had ended", stops.Max(), StopLimit.TotalSeconds);
        RunCheck.OfNodes(lab.Report, cluster.Run, reference);
    }

    private static async Task<double> RoundAsync(
        Report report, NetworkedCluster cluster, NetworkedNode[] part, int round)
    {
        NetworkedNode[] rest = [.. cluster.Nodes.Except(part)];
        int entries = cluster.EventLog.Read().Count;
        Dictionary<string, int> exits = cluster.Nodes.ToDictionary(n => n.Name, n => n.Exits.Count);
        long generation = cluster.EventLog.Read().Last(e => e.Event == "committed").Generation;
        DateTimeOffset cut = TimeProvider.System.GetUtcNow();
        await cluster.CutAsync(part);
        DateTimeOffset isCut = TimeProvider.System.GetUtcNow();
        await Poll.UntilAsync(
            () => part.All(HasEnded) || rest.All(HasEnded), NodeTimeout, () => "the end of one side");
        NetworkedNode[] losers = part.All(HasEnded) ? part : rest, winners = losers == part ? rest : part;
        double stopped = losers.Max(n => (n.Exits[exits[n.Name]].Time - cut).TotalSeconds);
        bool canCommit = winners.Any(n => !n.Trains) && winners.Any(n => n.Trains);
        if (canCommit)
            await cluster.EventLog.WaitAsync(e => e.Event == "committed" && e.Time > isCut && IsOf(e, winners),
                NodeTimeout, "a step of the side that goes on", entries);
        await cluster.HealAsync();
        await cluster.CompleteAsync(Timeout);

        Entry[] committed =
            [.. cluster.EventLog.Read().Skip(entries).Where(e => e.Event == "committed" && e.Time > cut)];
        Entry next = committed.First(e => e.Time > isCut && (IsOf(e, winners) || e.Generation > generation));
        report.Say($"round {round}: {Names(part)} | {Names(rest)}: {Names(losers)} ended after " + string.Create(
            CultureInfo.InvariantCulture,
            $"{stopped:0.0} s, the next step after {(next.Time - cut).TotalSeconds:0.0} s"));
        // What was on its way when the cable was cut may still arrive in the generation of before.
        int strays = committed.Count(
            e => e.Generation > generation && !IsOf(e, winners) && !IsOf(e, cluster.Nodes, all: true));
        report.Check(strays == 0 && !winners.Any(HasEnded), $"steps committed by the other side: {strays}; " +
            $"ended on the side that goes on: {winners.Count(HasEnded)}");
        report.Check(losers.All(n => n.Exits[exits[n.Name]].Code == ExitCodes.StartAgain),
            $"all of the other side ended with {ExitCodes.StartAgain} and are back");
        return stopped;

        bool HasEnded(NetworkedNode node) => node.Exits.Count > exits[node.Name];

        bool IsOf(Entry e, IReadOnlyList<NetworkedNode> nodes, bool all = false)
        {
            IReadOnlyList<string> hosts = cluster.EventLog.HostsOf(e.Generation);
            return hosts.All(h => nodes.Any(n => n.Name == h)) &&
                (!all || hosts.Count == cluster.Nodes.Count(n => n.Trains));
        }
    }

    private static string Names(IEnumerable<NetworkedNode> nodes) => string.Join('+', nodes.Select(n => n.Name));
}
