using Akka.Actor;
using Akka.Cluster.Tools.Singleton.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>The messages of the singleton's handover: A to D, all there are.</summary>
public sealed class HandoverMessages(ExtendedActorSystem system)
    : NamedAkkaMessages(system, new ClusterSingletonMessageSerializer(system), 14, "A", "B", "C", "D");
