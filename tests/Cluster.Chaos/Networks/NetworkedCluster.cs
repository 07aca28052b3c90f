using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Networks;

/// <summary>Two supervisors and three trainers, a host each, on a network that can be cut in two.</summary>
internal sealed class NetworkedCluster : IAsyncDisposable
{
    private static readonly string[] Names = ["supervisor-1", "supervisor-2", "trainer-1", "trainer-2", "trainer-3"];
    private readonly VirtualNetwork _network;
    private readonly RunSettings _settings;
    private readonly bool _named;
    private readonly List<NetworkedNode> _nodes;

    private NetworkedCluster(VirtualNetwork network, string run, RunSettings settings, bool named)
    {
        (_network, Run, _settings, _named) = (network, run, settings, named);
        EventLog = new EventLogReader(Path.Combine(run, "events.jsonl"));
        _nodes = [.. Names.Select(Node)];
    }

    /// <summary>A host without a node, in a cluster that goes by names.</summary>
    public static int SpareHost => Names.Length;

    public string Run { get; }

    public EventLogReader EventLog { get; }

    public IReadOnlyList<NetworkedNode> Nodes => _nodes;

    /// <summary>Knows the nodes' names, in a cluster that goes by them.</summary>
    public NameServer NameServer => _network.Names;

    /// <summary>Builds the network and starts the nodes, one after the other.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="named">
    /// Whether <c>--host</c> and <c>--seed</c> are names that a name server knows, and there is a host to move to.
    /// </param>
    public static async Task<NetworkedCluster> StartAsync(string run, RunSettings settings, bool named = false)
    {
        VirtualNetwork network = await VirtualNetwork.CreateAsync(named ? SpareHost + 1 : Names.Length, named);
        NetworkedCluster cluster = new(network, run, settings, named);
        try
        {
            foreach (NetworkedNode node in cluster.Nodes)
                await node.StartAsync(cluster.Nodes.Take(node.Host).Select(n => n.Seed), cluster.SeedsOf(node));
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

    /// <summary>The seeds of a node that is started again: others only, or it would begin a second cluster.</summary>
    public IReadOnlyList<string> SeedsOf(NetworkedNode node) =>
        [.. _nodes.Where(n => n.Name != node.Name).Select(n => n.Seed)];

    /// <summary>
    /// Has a node's name, and the name of its host, lead to another host from now on. What runs on the old host is the
    /// caller's.
    /// </summary>
    public NetworkedNode Move(NetworkedNode node, int host)
    {
        NetworkedNode moved = Node(node.Name, host);
        _nodes[_nodes.IndexOf(node)] = moved;
        return moved;
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

    private NetworkedNode Node(string name, int host)
    {
        string address = VirtualNetwork.AddressOf(host), hostName = $"{name}.starling.test";
        if (_named) NameServer.Set(hostName, address);
        return new NetworkedNode(name, host, _named ? hostName : address, _network.On, Run, _settings);
    }
}
