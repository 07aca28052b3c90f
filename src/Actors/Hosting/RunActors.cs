using Akka.Hosting;

namespace Starling.Actors.Hosting;

/// <summary>Adds the actors of one node, by its roles. Each line of the method is one file of this folder.</summary>
internal static class RunActors
{
    /// <summary>Adds a node's actors. The node joins its cluster after they are added.</summary>
    public static AkkaConfigurationBuilder AddRun(this AkkaConfigurationBuilder akka, NodeSetup node) => akka
        .AddNetwork(node)
        .AddMonitor(node)
        .AddSupervisor(node)
        .AddNode(node)
        .AddLoader(node)
        .AddTrainer(node)
        .AddEvaluator(node)
        .AddMembership(node);
}
