using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>Begins a cluster, and starts actors once the node is a member.</summary>
internal static class MembershipWiring
{
    /// <summary>
    /// Has the node begin a cluster unless it is to join one, and starts the actors of its roles when the node is up.
    /// </summary>
    public static AkkaConfigurationBuilder AddMembership(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.AddStartup((system, registry) =>
        {
            Cluster cluster = Cluster.Get(system);
            // Only a member with the status up takes part in the cluster's decisions, so no role starts earlier.
            cluster.RegisterOnMemberUp(() =>
            {
                foreach (Action<ActorSystem, IActorRegistry> start in node.OnceUp) start(system, registry);
                system.EventStream.Publish(NodeProtocol.Started.Instance);
                registry.Get<NodeActor>().Tell(NodeProtocol.Joined.Instance);
                node.Outputs.Health.IsMember = true;
                node.Signals.SetJoined();
            });
            if (node.BeginsCluster) cluster.Join(cluster.SelfAddress);
        });
}
