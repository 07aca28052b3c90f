using Akka.Actor;
using Akka.Cluster.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Of the cluster's messages: joining, gossip, heartbeats (HB, HBR) and the last word of a node that leaves. Not the
/// orders to leave or to down a node, which nodes give only to themselves, and not routers.
/// </summary>
public sealed class MembershipMessages(ExtendedActorSystem system) : NamedAkkaMessages(
    system, new ClusterMessageSerializer(system), 5, Of("InternalClusterAction+InitJoin"),
    Of("InternalClusterAction+InitJoinAck"), Of("InternalClusterAction+InitJoinNack"), Of("InternalClusterAction+Join"),
    Of("InternalClusterAction+Welcome"), Of("InternalClusterAction+ExitingConfirmed"), Of("GossipStatus"),
    Of("GossipEnvelope"), "HB", "HBR")
{
    private static string Of(string type) => $"Akka.Cluster.{type}, Akka.Cluster";
}
