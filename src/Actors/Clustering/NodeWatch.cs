using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Starling.Actors.Protocol;

namespace Starling.Actors.Clustering;

/// <summary>
/// Watches the other nodes. A connection that breaks is looked into at once: if the process behind it has ended, the
/// node is taken out of the cluster without waiting for the failure detector, since no side of a split can have it. All
/// other silence is left to the split brain resolver; whoever acts on it before that has decided could have the same
/// steps committed on two sides.
/// </summary>
internal sealed class NodeWatch : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly HashSet<Address> _underWay = [], _unreachable = [];
    private readonly Func<Address, Task<bool>> _hasEnded;

    /// <summary>A watch over the nodes that this actor system's node knows.</summary>
    /// <param name="hasEnded">Whether a node's process is known to have ended.</param>
    public NodeWatch(Func<Address, Task<bool>> hasEnded)
    {
        _hasEnded = hasEnded;
        Receive<DisassociatedEvent>(m => Probe(m.RemoteAddress));
        Receive<AssociationErrorEvent>(m => Probe(m.RemoteAddress));
        Receive<Probed>(Learned);
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
        Receive<ClusterEvent.MemberDowned>(m => GivenUp(m.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(m => GivenUp(m.Member.Address));
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
        if (node?.Port is null || !_underWay.Add(node)) return;
        _hasEnded(node).PipeTo(Self, Self, ended => new Probed(node, ended), _ => new Probed(node, HasEnded: false));
    }

    private void Learned(Probed m)
    {
        _underWay.Remove(m.Node);
        if (!m.HasEnded) return;
        Publish(new NodeNews.Lost(m.Node, "its process has ended"));
        // A dead member would keep others from joining until it is out. One that was leaving is on its way anyway.
        if (_cluster.State.Members.Any(member => member.Address.Equals(m.Node) &&
            member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up))
            _cluster.Down(m.Node);
    }

    /// <summary>A side that loses a split downs its own nodes, which it can reach: that is no news.</summary>
    private void GivenUp(Address node)
    {
        if (_unreachable.Remove(node)) Publish(new NodeNews.Lost(node, "the cluster has given its node up"));
    }

    private static void Publish(object news) => Context.System.EventStream.Publish(news);

    private sealed record Probed(Address Node, bool HasEnded) : INoSerializationVerificationNeeded;
}
