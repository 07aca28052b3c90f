namespace Starling.Actors.Coordination;

/// <summary>What the supervisor knows of a run beforehand.</summary>
/// <param name="Steps">Steps to make in all.</param>
/// <param name="Replicas">L, the number of logical replicas.</param>
/// <param name="EvaluateEverySteps">
/// Evaluate the first checkpoint at or after every multiple of this; 0 for only the last.
/// </param>
/// <param name="EvaluationEnabled">False for no evaluation at all.</param>
/// <param name="MaxFruitlessGenerations">
/// Generations in a row that may fail by themselves, without a single step, before the run is given up. Those that
/// ended because a trainer's process died do not count: that says nothing about the run.
/// </param>
public sealed record RunPlan(
    long Steps, int Replicas, long EvaluateEverySteps, bool EvaluationEnabled, int MaxFruitlessGenerations = 3)
{
    /// <summary>Steps whose evaluation an earlier attempt has finished.</summary>
    public IReadOnlySet<long> Evaluated { get; init; } = new HashSet<long>();

    /// <summary>How long others may take to register after the first trainer; zero if none will.</summary>
    public TimeSpan Settle { get; init; }

    /// <summary>How long a trainer may take to answer a roll call.</summary>
    public TimeSpan RollCallTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long binding may take, and connecting (which loads or copies the state) as well.</summary>
    public TimeSpan FormTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pings in a row, one a second, that may stay unanswered before a roll call. More seconds than the cluster needs
    /// to notice that it cannot reach a node.
    /// </summary>
    public int UnansweredPings { get; init; } = 7;

    /// <summary>Evaluators that may be lost over one checkpoint before it is given up.</summary>
    public int MaxEvaluators { get; init; } = 3;
}
