using Akka.Actor;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>Lets pass messages of a serializer of Akka that names each of its messages.</summary>
/// <param name="system">The actor system.</param>
/// <param name="inner">Akka's serializer.</param>
/// <param name="id">Its number.</param>
/// <param name="manifests">The names of the messages that pass.</param>
public abstract class NamedAkkaMessages(
    ExtendedActorSystem system, SerializerWithStringManifest inner, int id, params string[] manifests)
    : AkkaMessages(system, id, manifests)
{
    /// <inheritdoc/>
    protected override string ManifestOf(object message) => inner.Manifest(message);

    /// <inheritdoc/>
    protected override byte[] Write(object message) => inner.ToBinary(message);

    /// <inheritdoc/>
    protected override object Read(byte[] bytes, string manifest) => inner.FromBinary(bytes, manifest);
}
