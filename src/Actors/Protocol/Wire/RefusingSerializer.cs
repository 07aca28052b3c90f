using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Refuses every message. It takes the place of those serializers of Akka that would make objects of any type that a
/// message names: JSON with type names, and remote deployment.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>Number of this serializer. No node sends it.</summary>
    public const int Id = 4712;

    /// <summary>Makes a serializer where Akka passes settings. They are ignored.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new WireRefusedException($"{obj.GetType()} does not travel between nodes");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new WireRefusedException("messages of arbitrary types are not taken from the network");
}
