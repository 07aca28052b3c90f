namespace Starling.Actors.Metrics;

/// <summary>
/// Which nodes export a metric. On other nodes it would be a row of zeros that looks like a fact.
/// </summary>
[Flags]
public enum Exporter
{
    /// <summary>No node.</summary>
    None = 0,
    /// <summary>Every node.</summary>
    Node = 1,
    /// <summary>Nodes with the role trainer.</summary>
    Trainer = 2,
    /// <summary>
    /// The trainer that hosts replica 0. What is the same on all trainers of a generation comes from it alone.
    /// </summary>
    FirstTrainer = 4,
    /// <summary>Nodes with the role loader.</summary>
    Loader = 8,
    /// <summary>Nodes with the role evaluator.</summary>
    Evaluator = 16,
    /// <summary>
    /// The node whose supervisor leads the run. It has the facts of the run, also when all trainers have died.
    /// </summary>
    Leader = 32,
}
