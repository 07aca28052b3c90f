using Akka.Hosting;

namespace Starling.Actors.Hosting;

/// <summary>The actors of one node: which there are, by role. Each line is a file of this folder.</summary>
internal static class RunActors
{
    /// <summary>Adds a node's actors, and has the node join its cluster once they are there.</summary>
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
