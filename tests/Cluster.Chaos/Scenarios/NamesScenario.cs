using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Networks;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// A cluster whose nodes are named, not numbered: the name server hangs while a trainer dies, a node and its seed move
/// to other addresses, and a node's name is still in use. Nobody ends who need not, and the steps are those of one
/// process.
/// </summary>
/// <param name="rounds">How often all of it.</param>
/// <param name="hang">How long the name server says nothing.</param>
internal sealed class NamesScenario(int rounds, TimeSpan hang) : Scenario
{
    private const string Elsewhere = "elsewhere.starling.test";

    public override string Name => "names";

    public override string Purpose => string.Create(CultureInfo.InvariantCulture,
        $"{rounds} times: the name server hangs for {hang.TotalSeconds} s, names move, a node's name is in use");

    public override async Task RunAsync(Lab lab)
    {
        if (await VirtualNetwork.UnavailableAsync() is { } reason) throw new ChaosException(reason);
        ReferenceRun reference = await lab.ReferenceAsync(lab.Settings);
        KeyedRandom random = lab.Random(4);
        await using NetworkedCluster cluster =
            await NetworkedCluster.StartAsync(lab.Folder(Name), lab.Settings.Endless, named: true);
        for (int round = 1; round <= rounds; round++)
        {
            await cluster.CompleteAsync(Timeout);
            lab.Report.Say($"round {round}");
            await HangAsync(lab.Report, cluster, Trainer(cluster, ref random));
            await cluster.CompleteAsync(Timeout);
            NetworkedNode moving = Trainer(cluster, ref random);
            int home = moving.Host;
            moving = await MoveAsync(lab.Report, cluster, moving);
            await cluster.CompleteAsync(Timeout);
            await TakeOverAsync(lab.Report, cluster, moving, home);
        }
        await cluster.CompleteAsync(Timeout);
        foreach (NetworkedNode node in cluster.Nodes.Where(n => n.Trains).Concat(cluster.Nodes.Where(n => !n.Trains)))
        {
            int code = await node.TerminateAsync();
            lab.Report.Check(code == 0, $"{node.Name}: SIGTERM, exit code {code}");
        }
        RunCheck.OfNodes(lab.Report, cluster.Run, reference);
    }

    /// <summary>A trainer dies while nobody can look up a name: the others go on without one.</summary>
    private async Task HangAsync(Report report, NetworkedCluster cluster, NetworkedNode victim)
    {
        int entries = cluster.EventLog.Read().Count;
        Dictionary<NetworkedNode, int> exits = cluster.Nodes.ToDictionary(n => n, n => n.Exits.Count);
        Task until = Task.Delay(hang);
        cluster.NameServer.Hang();
        DateTimeOffset killed = TimeProvider.System.GetUtcNow();
        victim.Signal(Signals.Kill);
        Entry next = await cluster.EventLog.WaitAsync(
            e => e.Event == "committed" && e.Time > killed && HostsAre(cluster, e, victim), Timeout,
            "a step of the other trainers", entries);
        bool early = !until.IsCompleted;
        await until;
        cluster.NameServer.GoOn();
        await cluster.CompleteAsync(Timeout);
        report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  {victim.Name} killed; the next step after {(next.Time - killed).TotalSeconds:0.0} s"));
        report.Check(early, "the next step came while the name server said nothing");
        NetworkedNode[] ended = [.. cluster.Nodes.Where(n => n != victim && n.Exits.Count > exits[n])];
        report.Check(ended.Length == 0, $"others that ended: {Names(ended)}");
        report.Check(victim.Exits.Count == exits[victim] + 1, $"{victim.Name} is back, and ended once");
    }

    /// <summary>
    /// A trainer comes back on another host, and what it knows of the cluster is a name that leads nowhere at first.
    /// </summary>
    private static async Task<NetworkedNode> MoveAsync(Report report, NetworkedCluster cluster, NetworkedNode node)
    {
        int code = await node.TerminateAsync();
        report.Check(code == 0, $"  {node.Name}: SIGTERM, exit code {code}");
        NetworkedNode moved = cluster.Move(node, NetworkedCluster.SpareHost);
        await node.DisposeAsync();
        cluster.NameServer.Set(Elsewhere, VirtualNetwork.AddressOf(node.Host)); // nobody is there any more
        int asked = cluster.NameServer.Asked(Elsewhere);
        moved.Begin($"{Elsewhere}:{NetworkedNode.Port}");
        // Each look-up asks for addresses of both kinds, and the first one is made before there is an attempt.
        await Poll.UntilAsync(
            () => cluster.NameServer.Asked(Elsewhere) >= asked + 8, Timeout, () => "attempts to join");
        report.Check(!moved.IsReady, $"{moved.Name} is on another host and finds nobody where its seed leads to");
        cluster.NameServer.Set(Elsewhere, VirtualNetwork.AddressOf(cluster.Nodes[0].Host));
        await moved.LineAsync(l => l.StartsWith("ready ", StringComparison.Ordinal));
        report.Check(moved.Exits.Count == 0, $"{moved.Name} has joined where its seed has moved to");
        return moved;
    }

    /// <summary>A node that is frozen still has its name when its successor comes.</summary>
    private static async Task TakeOverAsync(Report report, NetworkedCluster cluster, NetworkedNode frozen, int host)
    {
        frozen.Signal(Signals.Stop);
        NetworkedNode successor = cluster.Move(frozen, host);
        successor.Begin([.. cluster.SeedsOf(successor)]);
        await successor.LineAsync(l => l.Contains("is already part of the run", StringComparison.Ordinal));
        await frozen.DestroyAsync();
        await frozen.DisposeAsync();
        await successor.LineAsync(l => l.StartsWith("ready ", StringComparison.Ordinal));
        report.Check(successor.Exits.Count == 0, $"  {successor.Name} has waited for its name, and is back");
    }

    private static NetworkedNode Trainer(NetworkedCluster cluster, ref KeyedRandom random)
    {
        NetworkedNode[] trainers = [.. cluster.Nodes.Where(n => n.Trains)];
        return trainers[random.Below(trainers.Length)];
    }

    private static bool HostsAre(NetworkedCluster cluster, Entry entry, NetworkedNode without)
    {
        IReadOnlyList<string> hosts = cluster.EventLog.HostsOf(entry.Generation);
        return hosts.Count > 0 && !hosts.Contains(without.Name);
    }

    private static string Names(IReadOnlyList<NetworkedNode> nodes) =>
        nodes.Count == 0 ? "none" : string.Join('+', nodes.Select(n => n.Name));
}
