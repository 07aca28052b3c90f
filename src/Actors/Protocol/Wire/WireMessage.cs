namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of one message.</summary>
/// <param name="Manifest">
/// Name and version of the message, such as "trn.assign1". A change that readers of older releases would misunderstand
/// gets a new number. The reader of the old number stays.
/// </param>
/// <param name="Type">Type of the message.</param>
/// <param name="Write">Writes the fields of a message.</param>
/// <param name="Read">Makes a message from the fields.</param>
internal sealed record WireMessage(
    string Manifest, Type Type, Action<object, WireWriter> Write, Func<WireReader, object> Read)
{
    /// <summary>Makes the format of a message with fields.</summary>
    public static WireMessage Of<T>(string manifest, Action<T, WireWriter> write, Func<WireReader, T> read)
        where T : notnull =>
        new(manifest, typeof(T), (message, to) => write((T)message, to), from => read(from));

    /// <summary>Makes the format of a message without fields.</summary>
    public static WireMessage Of<T>(string manifest, T instance) where T : notnull =>
        Of<T>(manifest, (_, _) => { }, _ => instance);
}
