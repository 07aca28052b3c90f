using Starling.Actors.Metrics;

namespace Starling.Actors.Tests.Metrics;

/// <summary>The metrics as rows of a Markdown table, for <c>docs/metrics.md</c>.</summary>
public static class MetricsTable
{
    /// <summary>One row each: name, type, labels, meaning.</summary>
    public static string Render(IEnumerable<MetricDefinition> metrics) => string.Concat(metrics.Select(m =>
        $"| `{m.Name}` | {m.Type} | {string.Join(", ", m.Labels.Select(l => $"`{l}`"))} | {m.Help} |\n"));
}
