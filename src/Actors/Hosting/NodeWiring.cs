using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>Starts the node's own actor.</summary>
internal static class NodeWiring
{
    /// <summary>
    /// Adds the actor that registers the node with the supervisor and answers requests for the state.
    /// </summary>
    public static AkkaConfigurationBuilder AddNode(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.WithActors((system, registry) =>
        {
            IActorRef supervisor = registry.Get<RunSupervisor>();
            registry.Register<NodeActor>(
                system.ActorOf(Props.Create(() => new NodeActor(node, supervisor)), ActorNames.Node));
        });
}
