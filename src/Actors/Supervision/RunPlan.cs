namespace Starling.Actors.Supervision;

/// <summary>What the supervisor knows of a run beforehand.</summary>
/// <param name="Steps">Steps to make in all.</param>
/// <param name="Replicas">L, the number of logical replicas.</param>
/// <param name="EvaluateEverySteps">
/// Evaluate the first checkpoint at or after every multiple of this; 0 for only the last.
/// </param>
/// <param name="EvaluationEnabled">False for no evaluation at all.</param>
/// <param name="MaxFruitlessGenerations">
/// Generations in a row that may fail without a single step before the run is given up.
/// </param>
public sealed record RunPlan(
    long Steps, int Replicas, long EvaluateEverySteps, bool EvaluationEnabled, int MaxFruitlessGenerations = 3)
{
    /// <summary>Steps whose evaluation an earlier attempt has finished.</summary>
    public IReadOnlySet<long> Evaluated { get; init; } = new HashSet<long>();
}
