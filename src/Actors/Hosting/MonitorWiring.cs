using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;

namespace Starling.Actors.Hosting;

/// <summary>Starts the monitor, which keeps the metrics, the view and the event log of a node.</summary>
internal static class MonitorWiring
{
    /// <summary>Adds the monitor, to which the node's other actors report.</summary>
    public static AkkaConfigurationBuilder AddMonitor(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.WithActors((system, registry) => registry.Register<MonitorActor>(system.ActorOf(
            Props.Create(() => new MonitorActor(node.Outputs, node.Progress, node.Facts)),
            ActorNames.Monitor)));
}
