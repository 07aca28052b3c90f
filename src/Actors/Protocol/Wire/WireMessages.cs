using System.Collections.Frozen;

namespace Starling.Actors.Protocol.Wire;

/// <summary>The list of all messages between nodes. A node neither sends nor accepts any other message.</summary>
internal static class WireMessages
{
    /// <summary>The formats. Of several versions of a message, the first one is written.</summary>
    public static IReadOnlyList<WireMessage> All { get; } =
    [
        .. SupervisorWire.Messages, .. TrainerWire.Messages, .. LoaderWire.Messages, .. EvaluatorWire.Messages,
        .. NodeWire.Messages,
    ];

    /// <summary>The format in which a type is written.</summary>
    public static FrozenDictionary<Type, WireMessage> ByType { get; } =
        All.DistinctBy(message => message.Type).ToFrozenDictionary(message => message.Type);

    /// <summary>The format in which a manifest is read.</summary>
    public static FrozenDictionary<string, WireMessage> ByManifest { get; } =
        All.ToFrozenDictionary(message => message.Manifest, StringComparer.Ordinal);
}
