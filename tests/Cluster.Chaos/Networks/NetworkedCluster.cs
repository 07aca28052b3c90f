using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Networks;

/// <summary>Two supervisors and three trainers, a host each, on a network that can be cut in two.</summary>
internal sealed class NetworkedCluster : IAsyncDisposable
{
    private static readonly string[] Names = ["supervisor-1", "supervisor-2", "trainer-1", "trainer-2", "trainer-3"];
    private readonly VirtualNetwork _network;

    private NetworkedCluster(VirtualNetwork network, string run, RunSettings settings)
    {
        (_network, Run) = (network, run);
        EventLog = new EventLogReader(Path.Combine(run, "events.jsonl"));
        Nodes = [.. Names.Select((name, host) => new NetworkedNode(
            name, name[..name.IndexOf('-', StringComparison.Ordinal)], host, network.On, run, settings))];
    }

    public string Run { get; }

    public EventLogReader EventLog { get; }

    public IReadOnlyList<NetworkedNode> Nodes { get; }

    /// <summary>Builds the network and starts the nodes, one after the other.</summary>
    public static async Task<NetworkedCluster> StartAsync(string run, RunSettings settings)
    {
        NetworkedCluster cluster = new(await VirtualNetwork.CreateAsync(Names.Length), run, settings);
        try
        {
            foreach (NetworkedNode node in cluster.Nodes)
                await node.StartAsync(cluster.Nodes.Take(node.Host).Select(Seed),
                    [.. cluster.Nodes.Where(n => n != node).Select(Seed)]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every node is a member and all trainers make steps.</summary>
    public async Task CompleteAsync(TimeSpan timeout)
    {
        int trainers = Nodes.Count(n => n.Trains), from = EventLog.Read().Count;
        await EventLog.WaitAsync(e => e.Event == "committed" && Nodes.All(n => n.IsReady) &&
            EventLog.HostsOf(e.Generation).Count == trainers, timeout, "a step of all trainers", from);
    }

    /// <summary>Cuts these nodes off from the others.</summary>
    public Task CutAsync(IEnumerable<NetworkedNode> nodes) => _network.CutAsync(nodes.Select(n => n.Host));

    /// <summary>Makes it one network again.</summary>
    public Task HealAsync() => _network.HealAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (NetworkedNode node in Nodes) await node.DisposeAsync();
        await _network.DisposeAsync();
    }

    private static string Seed(NetworkedNode node) => $"{VirtualNetwork.AddressOf(node.Host)}:{NetworkedNode.Port}";
}
