using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Starling.Actors.Clustering;
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
                system.EventStream.Publish(NodeProtocol.Started.Instance);
                registry.Get<NodeActor>().Tell(NodeProtocol.Joined.Instance);
                node.Signals.SetJoined();
            });
            if (node.Seeds.Count == 0)
            {
                cluster.Join(cluster.SelfAddress);
                return;
            }
            cluster.JoinSeedNodes(node.Seeds);
            if (node.Tls is null)
                _ = RefuseWithoutKeyAsync(node, Task.WhenAny(node.Signals.Joined, system.WhenTerminated));
        });

    /// <summary>
    /// Ends a node whose seeds are in a cluster with a key or certificates, which this node does not have.
    /// </summary>
    private static async Task RefuseWithoutKeyAsync(NodeSetup node, Task ended)
    {
        if (await TlsProbe.FindAsync(node.Seeds, ended, node.Time) is { } seed)
            node.Signals.SetRefused($"--seed {seed.Host}:{seed.Port}: the nodes there take only those that have " +
                $"their key, and {node.Run.Folder} does not hold it: this node's run folder is not the run's, or " +
                "cluster.tls is not set as theirs is");
    }
}
