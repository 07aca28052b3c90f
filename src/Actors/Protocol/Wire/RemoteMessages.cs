using Akka.Actor;
using Akka.Remote.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Of Akka.Remote's various messages: who an actor is (ID, AID), by which the supervisor is found, and the heartbeats
/// of death watch (RWHB, RWHR). Not poison pills and kills, routers, settings, or failures with exceptions of any type.
/// </summary>
public sealed class RemoteMessages(ExtendedActorSystem system)
    : NamedAkkaMessages(system, new MiscMessageSerializer(system), 16, "ID", "AID", "RWHB", "RWHR");
