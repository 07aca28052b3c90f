using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Starling.Actors.Protocol;

namespace Starling.Actors.Clustering;

/// <summary>
/// Watches the other nodes. When a connection breaks, the watch checks at once whether the process behind it has ended.
/// If so, the watch removes the node from the cluster without waiting for the failure detector: an ended process cannot
/// be on the other side of a split. For any other silence the watch leaves the decision to the split brain resolver. If
/// the supervisor acted on silence before the resolver has decided, two sides could commit the same steps.
/// </summary>
internal sealed class NodeWatch : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly HashSet<Address> _probing = [], _unreachable = [];
    private readonly Func<Address, Task<bool>> _hasEnded;

    /// <summary>Makes a watch of the nodes that this actor system's node knows.</summary>
    /// <param name="hasEnded">Finds out whether a node's process is known to have ended.</param>
    public NodeWatch(Func<Address, Task<bool>> hasEnded)
    {
        _hasEnded = hasEnded;
        Receive<DisassociatedEvent>(m => Probe(m.RemoteAddress));
        Receive<AssociationErrorEvent>(m => Probe(m.RemoteAddress));
        Receive<Probed>(OnProbed);
        Receive<ClusterEvent.UnreachableMember>(m =>
        {
            _unreachable.Add(m.Member.Address);
            Publish(new NodeNews.Silent(m.Member.Address));
            Probe(m.Member.Address);
        });
        Receive<ClusterEvent.ReachableMember>(m =>
        {
            _unreachable.Remove(m.Member.Address);
            Publish(new NodeNews.Back(m.Member.Address));
        });
        Receive<ClusterEvent.MemberDowned>(m => OnRemoved(m.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(m => OnRemoved(m.Member.Address));
        Receive<NodeNews.Repeat>(_ =>
        {
            foreach (Address node in _unreachable) Publish(new NodeNews.Silent(node));
        });
    }

    /// <summary>Starts watching.</summary>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(NodeNews.Repeat));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberDowned),
            typeof(ClusterEvent.MemberRemoved));
    }

    /// <summary>Stops watching.</summary>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Probe(Address? node)
    {
        if (node?.Port is null || !_probing.Add(node)) return;
        _hasEnded(node).PipeTo(Self, Self, ended => new Probed(node, ended), _ => new Probed(node, HasEnded: false));
    }

    private void OnProbed(Probed m)
    {
        _probing.Remove(m.Node);
        if (!m.HasEnded) return;
        ProvenDeaths.Of(Context.System.EventStream).Add(m.Node);
        Publish(new NodeNews.Lost(m.Node, "its process has ended"));
        // A dead member keeps other nodes from joining until it is removed, and the supervisor from being started
        // elsewhere. A member that was leaving is removed anyway.
        if (_cluster.State.Members.Any(member => member.Address.Equals(m.Node) &&
            member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up))
            _cluster.Down(m.Node);
    }

    /// <summary>
    /// Publishes that a node is gone, if the node was unreachable. The side that loses a split also removes its own
    /// nodes, which it can reach; their removal is not published.
    /// </summary>
    private void OnRemoved(Address node)
    {
        if (_unreachable.Remove(node)) Publish(new NodeNews.Lost(node, "the cluster has given its node up"));
    }

    private static void Publish(object news) => Context.System.EventStream.Publish(news);

    private sealed record Probed(Address Node, bool HasEnded) : INoSerializationVerificationNeeded;
}
