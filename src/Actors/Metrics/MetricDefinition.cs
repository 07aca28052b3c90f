namespace Starling.Actors.Metrics;

/// <summary>Name and meaning of a metric, which is one row of <c>docs/metrics.md</c>.</summary>
/// <param name="Name">The full name with the prefix <c>starling_</c>.</param>
/// <param name="Type">counter, gauge, histogram or summary.</param>
/// <param name="Labels">
/// Names of its labels. Each label has few values: a step, sample or path is never a label.
/// </param>
/// <param name="By">Which nodes export it.</param>
/// <param name="Help">The meaning in one line.</param>
public sealed record MetricDefinition(
    string Name, string Type, IReadOnlyList<string> Labels, Exporter By, string Help);
