namespace Starling.Actors.Metrics;

/// <summary>What a metric is called and means; one row of <c>docs/metrics.md</c>.</summary>
/// <param name="Name">Full name, <c>starling_</c> prefix included.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Labels">Label names, all with few values: no step, sample or path is ever a label.</param>
/// <param name="Help">One line.</param>
public sealed record MetricDefinition(string Name, string Type, IReadOnlyList<string> Labels, string Help);
