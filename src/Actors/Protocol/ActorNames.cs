namespace Starling.Actors.Protocol;

/// <summary>
/// The names of a node's actors directly below <c>/user</c>. Actors of other nodes and the status client find them by
/// these names, so a name is part of the protocol.
/// </summary>
internal static class ActorNames
{
    /// <summary>Collects what the node's actors report, and writes metrics and the event log.</summary>
    public const string Monitor = "monitor";

    /// <summary>
    /// The node's own actor. The name is older than the actor's other duties; nodes of earlier versions ask under it.
    /// </summary>
    public const string Node = "status";

    /// <summary>Leads the run. On one node at a time.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Writes the run's event log, on the node that leads.</summary>
    public const string EventWriter = "journal";

    /// <summary>Answers requests for shares.</summary>
    public const string Loader = "loader";

    /// <summary>Trains.</summary>
    public const string Trainer = "trainer";

    /// <summary>Writes the trainer's checkpoints.</summary>
    public const string Checkpointer = "checkpointer";

    /// <summary>Evaluates checkpoints.</summary>
    public const string Evaluator = "evaluator";

    /// <summary>Watches whether the node is still a member.</summary>
    public const string Guard = "guard";

    /// <summary>Watches whether other nodes are still there.</summary>
    public const string Watch = "watch";

    /// <summary>The path of an actor of this node.</summary>
    public static string PathOf(string name) => "/user/" + name;
}
