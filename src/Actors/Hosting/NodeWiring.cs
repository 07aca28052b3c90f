using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>The node's own actor.</summary>
internal static class NodeWiring
{
    /// <summary>Adds the actor that offers the node to the supervisor and answers for it.</summary>
    public static AkkaConfigurationBuilder AddNode(this AkkaConfigurationBuilder akka, NodeSetup node) =>
        akka.WithActors((system, registry) =>
        {
            IActorRef supervisor = registry.Get<RunSupervisor>();
            registry.Register<NodeActor>(
                system.ActorOf(Props.Create(() => new NodeActor(node, supervisor)), ActorNames.Node));
        });
}
