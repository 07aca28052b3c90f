namespace Starling.Actors.Metrics;

/// <summary>What a health endpoint answers.</summary>
/// <param name="Healthy">The answer has HTTP status 200 if true, 503 if false.</param>
/// <param name="Reasons">The name of each thing that was checked, and what was found.</param>
public sealed record HealthReport(bool Healthy, IReadOnlyDictionary<string, string> Reasons);
