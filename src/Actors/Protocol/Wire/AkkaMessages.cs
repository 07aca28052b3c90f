using Akka.Actor;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Takes the place of one of Akka's serializers and lets a few of its messages pass, those that membership, death watch
/// and the supervisor's handover need. Akka would take all others from the network too, and stop or replace any actor
/// for whoever sends them.
/// </summary>
/// <param name="system">The actor system.</param>
/// <param name="id">Akka's number of the serializer, which stays the same on the network.</param>
/// <param name="manifests">The names of the messages that pass, as Akka's serializer writes them.</param>
public abstract class AkkaMessages(ExtendedActorSystem system, int id, params string[] manifests)
    : SerializerWithStringManifest(system)
{
    /// <summary>
    /// A message may be within one: an actor's path and what is sent there. More of them in each other would use up
    /// the stack.
    /// </summary>
    private const int DeepestNesting = 2;

    [ThreadStatic]
    private static int s_depth;

    /// <inheritdoc/>
    public override int Identifier => id;

    /// <inheritdoc/>
    /// <exception cref="WireRefusedException">The message is not one of those that pass.</exception>
    public override string Manifest(object o)
    {
        string manifest = ManifestOf(o);
        return manifests.Contains(manifest) ? manifest
            : throw new WireRefusedException($"{o.GetType()} does not travel between nodes");
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        Manifest(obj); // refuses what does not pass
        return Write(obj);
    }

    /// <inheritdoc/>
    /// <exception cref="WireRefusedException">The message is not one of those that pass, or it is damaged.</exception>
    public override object FromBinary(byte[] bytes, string? manifest)
    {
        manifest ??= ""; // Akka passes null for no name
        if (!manifests.Contains(manifest))
            throw new WireRefusedException($"Akka's message {StarlingSerializer.Clipped(manifest)} is not taken");
        if (s_depth == DeepestNesting) throw new WireRefusedException("messages in each other");
        s_depth++;
        try
        {
            return Read(bytes, manifest);
        }
        catch (Exception e) when (e is not WireRefusedException)
        {
            // Any other exception would end the connection, with all messages on it.
            throw new WireRefusedException($"damaged message {manifest}: {e.Message}", e);
        }
        finally
        {
            s_depth--;
        }
    }

    /// <summary>Returns the name of a message as Akka's serializer writes it.</summary>
    protected abstract string ManifestOf(object message);

    /// <summary>Writes a message as Akka's serializer does.</summary>
    protected abstract byte[] Write(object message);

    /// <summary>Reads a message as Akka's serializer does.</summary>
    protected abstract object Read(byte[] bytes, string manifest);
}
