using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Stands in for Akka's serializers that would make objects of any type the network names (JSON with type names, remote
/// deployment): refuses everything.
/// </summary>
public sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>A number that nobody sends.</summary>
    public const int Id = 4712;

    /// <summary>For those that have settings, which do not matter here.</summary>
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
