using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>Metrics, views and the event log of a node.</summary>
internal static class MonitorWiring
{
    /// <summary>Adds the actor that the node's other actors report to.</summary>
    public static AkkaConfigurationBuilder AddMonitor(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.WithActors((system, registry) => registry.Register<MonitorActor>(system.ActorOf(
            Props.Create(() => new MonitorActor(node.Outputs, node.Progress, node.TokensPerImage)),
            ActorNames.Monitor)));
}
