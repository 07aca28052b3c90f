namespace Starling.Actors.Protocol;

/// <summary>
/// The names of a node's actors directly below <c>/user</c>. Actors of other nodes and the status client find the
/// actors by these names, so the names are part of the protocol.
/// </summary>
internal static class ActorNames
{
    /// <summary>Collects what the node's actors report, and writes metrics and the event log.</summary>
    public const string Monitor = "monitor";

    /// <summary>
    /// Stands for the node itself. The name dates from a time when the actor only answered status requests. It stays,
    /// because nodes of earlier versions send their requests there.
    /// </summary>
    public const string Node = "status";

    /// <summary>Leads the run. The actor exists on one node at a time.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Writes the run's event log, on the node that leads.</summary>
    public const string EventWriter = "event-writer";

    /// <summary>Answers requests for shares.</summary>
    public const string Loader = "loader";

    /// <summary>Controls the training on its node.</summary>
    public const string Trainer = "trainer";

    /// <summary>Writes the trainer's checkpoints.</summary>
    public const string Checkpointer = "checkpointer";

    /// <summary>Evaluates checkpoints.</summary>
    public const string Evaluator = "evaluator";

    /// <summary>Watches whether the node is still a member of the cluster.</summary>
    public const string Guard = "guard";

    /// <summary>Watches whether the other nodes are still there.</summary>
    public const string Watch = "watch";

    /// <summary>Watches whether this node's own actors are still there.</summary>
    public const string TopWatch = "top-watch";

    /// <summary>Returns the path of an actor of this node.</summary>
    public static string PathOf(string name) => "/user/" + name;
}
