using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>Joins the cluster, and starts actors once the node is a member.</summary>
internal static class MembershipWiring
{
    /// <summary>Has the node join the cluster, and starts the actors of its roles when the node is up.</summary>
    public static AkkaConfigurationBuilder AddMembership(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.AddStartup((system, registry) =>
        {
            Cluster cluster = Cluster.Get(system);
            // Only a member with the status up takes part in the cluster's decisions, so no role starts earlier.
            cluster.RegisterOnMemberUp(() =>
            {
                foreach (Action<ActorSystem, IActorRegistry> start in node.OnceUp) start(system, registry);
                registry.Get<NodeActor>().Tell(NodeProtocol.Joined.Instance);
                node.Signals.SetJoined();
            });
            if (node.Seeds.Count == 0) cluster.Join(cluster.SelfAddress);
            else cluster.JoinSeedNodes(node.Seeds);
        });
}
