using Akka.Actor;
using Akka.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Serializes Starling's messages between nodes in protobuf's wire format, with a short manifest for each message. No
/// type name is sent or read, and only the messages in <see cref="WireMessages"/> are made from received bytes.
/// </summary>
public sealed class StarlingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>
    /// The largest size of a message, in bytes, sent or received. Larger messages would delay the heartbeats of the
    /// cluster, which use the same connection.
    /// </summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>Number of this serializer in messages on the network.</summary>
    public const int Id = 4711;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => MessageOf(o).Manifest;

    /// <inheritdoc/>
    /// <exception cref="WireRefusedException">The message's type is not known here, or it is too large.</exception>
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
    /// <exception cref="WireRefusedException">The message is unknown, damaged or too large.</exception>
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
            // Damaged bytes may cause any exception. Akka drops only this message, instead of the whole connection, if
            // the exception is a WireRefusedException.
            throw new WireRefusedException($"damaged message {manifest}: {e.Message}", e);
        }
    }

    private static WireMessage MessageOf(object message) =>
        WireMessages.ByType.TryGetValue(message.GetType(), out WireMessage? known)
            ? known
            : throw new WireRefusedException($"{message.GetType()} does not travel between nodes");

    /// <summary>Returns a manifest from the network as a log may show it.</summary>
    internal static string Clipped(string manifest) => manifest.Length <= 40 ? manifest : manifest[..40] + "…";
}
