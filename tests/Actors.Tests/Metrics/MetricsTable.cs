using Starling.Actors.Metrics;

namespace Starling.Actors.Tests.Metrics;

/// <summary>The metrics as rows of a Markdown table, for <c>docs/metrics.md</c>.</summary>
public static class MetricsTable
{
    /// <summary>One row each: name, type, labels, exporters, meaning.</summary>
    public static string Render(IEnumerable<MetricDefinition> metrics) => string.Concat(metrics.Select(m =>
        $"| `{m.Name}` | {m.Type} | {string.Join(", ", m.Labels.Select(l => $"`{l}`"))} | " +
        $"{Exporters(m.By)} | {m.Help} |\n"));

    private static string Exporters(Exporter by) => string.Join(", ", Enum.GetValues<Exporter>()
        .Where(e => e != Exporter.None && by.HasFlag(e)).Select(e => e switch
        {
            Exporter.Node => "every node",
            Exporter.FirstTrainer => "the trainer of replica 0",
            Exporter.Leader => "the leader",
            _ => e.ToString().ToLowerInvariant(),
        }));
}
