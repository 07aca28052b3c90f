namespace Starling.Actors.Protocol.Wire;

/// <summary>How one message looks between nodes.</summary>
/// <param name="Manifest">
/// Names the message and its version ("trn.assign1"). A change that older readers would misunderstand gets a new
/// number, and a reader of the old one stays.
/// </param>
/// <param name="Type">The message's type.</param>
/// <param name="Write">Writes the fields.</param>
/// <param name="Read">Makes the message from the fields.</param>
internal sealed record WireMessage(
    string Manifest, Type Type, Action<object, WireWriter> Write, Func<WireReader, object> Read)
{
    public static WireMessage Of<T>(string manifest, Action<T, WireWriter> write, Func<WireReader, T> read)
        where T : notnull =>
        new(manifest, typeof(T), (message, to) => write((T)message, to), from => read(from));

    /// <summary>A message that says all by being sent.</summary>
    public static WireMessage Of<T>(string manifest, T instance) where T : notnull =>
        Of<T>(manifest, (_, _) => { }, _ => instance);
}
