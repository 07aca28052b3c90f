namespace Starling.Actors.Protocol;

/// <summary>The roles that a node of the cluster can have. A node may have several.</summary>
public static class NodeRole
{
    /// <summary>May run the supervisor.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Reads the data set and makes the replicas' shares.</summary>
    public const string Loader = "loader";

    /// <summary>Computes steps.</summary>
    public const string Trainer = "trainer";

    /// <summary>Evaluates checkpoints.</summary>
    public const string Evaluator = "evaluator";

    /// <summary>All roles, for a node that is the whole cluster.</summary>
    public static IReadOnlyList<string> All { get; } = [Supervisor, Loader, Trainer, Evaluator];
}
