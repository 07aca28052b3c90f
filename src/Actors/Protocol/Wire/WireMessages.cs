using System.Collections.Frozen;

namespace Starling.Actors.Protocol.Wire;

/// <summary>All messages that travel between nodes. What is not here is neither sent nor taken.</summary>
internal static class WireMessages
{
    /// <summary>Of several versions of a message the first is the one that is written.</summary>
    public static IReadOnlyList<WireMessage> All { get; } =
    [
        .. SupervisorWire.Messages, .. TrainerWire.Messages, .. LoaderWire.Messages, .. EvaluatorWire.Messages,
        .. NodeWire.Messages,
    ];

    /// <summary>How a message is written.</summary>
    public static FrozenDictionary<Type, WireMessage> ByType { get; } =
        All.DistinctBy(message => message.Type).ToFrozenDictionary(message => message.Type);

    /// <summary>How a message is read.</summary>
    public static FrozenDictionary<string, WireMessage> ByManifest { get; } =
        All.ToFrozenDictionary(message => message.Manifest, StringComparer.Ordinal);
}
