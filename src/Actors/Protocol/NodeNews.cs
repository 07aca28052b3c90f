using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>What a node learns about the other nodes. The node's watch publishes it on the event stream.</summary>
public static class NodeNews
{
    /// <summary>
    /// A node is gone for good: its process has ended, or this side of the cluster has decided to go on without it.
    /// Nothing that it computes can count any more.
    /// </summary>
    /// <param name="Node">Its address.</param>
    /// <param name="Reason">How that is known.</param>
    public sealed record Gone(Address Node, string Reason);

    /// <summary>
    /// A node does not answer. It may be dead, or be going on elsewhere: that is not decided yet.
    /// </summary>
    public sealed record Silent(Address Node);

    /// <summary>A silent node answers again.</summary>
    public sealed record Back(Address Node);

    /// <summary>Asks for the silent nodes once more: from whoever begins to listen.</summary>
    public sealed record Repeat
    {
        /// <summary>The only one.</summary>
        public static readonly Repeat Instance = new();
    }
}
