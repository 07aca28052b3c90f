using Akka.Actor;

namespace Starling.Actors.Protocol;

/// <summary>
/// The facts that a node learns about other nodes. The node's watch publishes them on the event stream.
/// </summary>
public static class NodeNews
{
    /// <summary>
    /// A node is lost for good: its process has ended, or this side of the cluster has decided to go on without it. No
    /// result of that node can count any more.
    /// </summary>
    /// <param name="Node">Address of the node.</param>
    /// <param name="Reason">How the loss is known, in words for the log.</param>
    public sealed record Lost(Address Node, string Reason);

    /// <summary>
    /// The cluster cannot reach a node. The node may be dead, or may go on working on the other side of a split. That
    /// is not decided yet.
    /// </summary>
    public sealed record Silent(Address Node);

    /// <summary>The cluster can reach a silent node again.</summary>
    public sealed record Back(Address Node);

    /// <summary>
    /// Asks the watch to publish the silent nodes again. Sent by an actor that has just begun to listen.
    /// </summary>
    public sealed record Repeat
    {
        /// <summary>The only instance.</summary>
        public static readonly Repeat Instance = new();
    }
}
