using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Util;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Of the messages by which Akka controls actors: those of death watch. Not the orders to stop, restart, suspend or
/// supervise an actor, which nodes give only to actors of their own.
/// </summary>
public sealed class DeathWatchMessages(ExtendedActorSystem system)
    : AkkaMessages(system, 22, [.. Types.Select(NameOf)])
{
    private static readonly Type[] Types = [typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification)];

    private readonly SystemMessageSerializer _inner = new(system);

    /// <inheritdoc/>
    protected override string ManifestOf(object message) => NameOf(message.GetType());

    /// <inheritdoc/>
    protected override byte[] Write(object message) => _inner.ToBinary(message);

    /// <inheritdoc/>
    protected override object Read(byte[] bytes, string manifest) =>
        _inner.FromBinary(bytes, Array.Find(Types, type => NameOf(type) == manifest));

    private static string NameOf(Type type) => type.TypeQualifiedName();
}
