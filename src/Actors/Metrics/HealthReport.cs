namespace Starling.Actors.Metrics;

/// <summary>What a health endpoint answers.</summary>
/// <param name="Healthy">200 if true, 503 if not.</param>
/// <param name="Reasons">What was looked at and what it said.</param>
public sealed record HealthReport(bool Healthy, IReadOnlyDictionary<string, string> Reasons);
