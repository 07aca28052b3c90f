namespace Starling.Actors.Monitoring;

/// <summary>The scores of one set of weights, as shown.</summary>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="Weights">student or teacher.</param>
/// <param name="Network">Feature network of the Frechet distance.</param>
/// <param name="FrechetDistance">The distance, null if not measured.</param>
/// <param name="ProbeAccuracy">Accuracy at the last position, 0 to 1, null if not measured.</param>
public sealed record EvaluationScore(
    long Step, string Weights, string Network, double? FrechetDistance, double? ProbeAccuracy);
