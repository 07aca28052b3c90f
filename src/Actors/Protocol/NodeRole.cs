namespace Starling.Actors.Protocol;

/// <summary>What a node of the cluster does; a node may have several roles.</summary>
public static class NodeRole
{
    /// <summary>May run the supervisor.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Reads shards and makes batches.</summary>
    public const string Loader = "loader";

    /// <summary>Trains.</summary>
    public const string Trainer = "trainer";

    /// <summary>Evaluates checkpoints.</summary>
    public const string Evaluator = "evaluator";

    /// <summary>Every role: a node that is the whole cluster.</summary>
    public static IReadOnlyList<string> All { get; } = [Supervisor, Loader, Trainer, Evaluator];
}
