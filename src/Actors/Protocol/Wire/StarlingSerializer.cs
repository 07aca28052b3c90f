using Akka.Actor;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Starling's messages between nodes: protobuf's wire format under short manifests. Names no type of the program on the
/// network and makes none from it, but for the messages in <see cref="WireMessages"/>.
/// </summary>
public sealed class StarlingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>
    /// The largest message, in bytes, both ways. The connection carries heartbeats too, which a large message holds up.
    /// </summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>The number that stands for this serializer on the network.</summary>
    public const int Id = 4711;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => MessageOf(o).Manifest;

    /// <inheritdoc/>
    /// <exception cref="WireRefusedException">No message between nodes, or too large for one.</exception>
    public override byte[] ToBinary(object obj)
    {
        using WireWriter fields = new();
        MessageOf(obj).Write(obj, fields);
        byte[] bytes = fields.ToArray();
        return bytes.Length <= MaxBytes
            ? bytes
            : throw new WireRefusedException($"{obj.GetType().Name} has {bytes.Length} bytes, more than {MaxBytes}");
    }

    /// <inheritdoc/>
    /// <exception cref="WireRefusedException">Unknown, damaged or too large.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (bytes.Length > MaxBytes)
            throw new WireRefusedException($"a message of {bytes.Length} bytes, more than {MaxBytes}");
        if (!WireMessages.ByManifest.TryGetValue(manifest, out WireMessage? message))
            throw new WireRefusedException($"unknown message {Clipped(manifest)}: is a node of another release?");
        try
        {
            return message.Read(new WireReader(bytes, system));
        }
        catch (Exception e) when (e is not WireRefusedException)
        {
            // Whatever damaged bytes lead to, it must not be more than one lost message.
            throw new WireRefusedException($"damaged message {manifest}: {e.Message}", e);
        }
    }

    private static WireMessage MessageOf(object message) =>
        WireMessages.ByType.TryGetValue(message.GetType(), out WireMessage? known)
            ? known
            : throw new WireRefusedException($"{message.GetType()} does not travel between nodes");

    private static string Clipped(string manifest) => manifest.Length <= 40 ? manifest : manifest[..40] + "…";
}
