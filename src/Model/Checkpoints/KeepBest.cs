namespace Starling.Model.Checkpoints;

/// <summary>A rule that keeps the checkpoints with the best values of a metric.</summary>
/// <param name="Metric">Name of the metric in the manifest or in the evaluation's results.</param>
/// <param name="Count">How many to keep.</param>
/// <param name="LowerIsBetter">True for losses and distances.</param>
public sealed record KeepBest(string Metric, int Count, bool LowerIsBetter = true);
