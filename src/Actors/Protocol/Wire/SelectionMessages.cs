using Akka.Actor;
using Akka.Remote.Serialization;

namespace Starling.Actors.Protocol.Wire;

/// <summary>
/// Messages to the actor of a path, without wildcards: every path names one actor. The message inside has to pass, too.
/// </summary>
public sealed class SelectionMessages(ExtendedActorSystem system) : AkkaMessages(system, 6, "")
{
    private readonly MessageContainerSerializer _inner = new(system);

    /// <inheritdoc/>
    protected override string ManifestOf(object message) => "";

    /// <inheritdoc/>
    protected override byte[] Write(object message) => _inner.ToBinary(message);

    /// <inheritdoc/>
    protected override object Read(byte[] bytes, string manifest)
    {
        var selection = (ActorSelectionMessage)_inner.FromBinary(bytes, null);
        return selection.Elements.All(element => element is SelectChildName)
            ? selection
            : throw new WireRefusedException("a path with wildcards");
    }
}
