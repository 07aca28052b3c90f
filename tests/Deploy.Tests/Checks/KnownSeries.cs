using System.Text.RegularExpressions;
using Starling.Actors.Metrics;

namespace Starling.Deploy.Tests.Checks;

/// <summary>The series that Prometheus has of a run, with their labels.</summary>
internal sealed partial class KnownSeries
{
    /// <summary>Labels that every series gets from discovery or from Prometheus.</summary>
    private static readonly string[] Everywhere = ["run", "node", "roles", "job", "instance"];

    /// <summary>Series that are not the program's own, and what the dashboards ask of them.</summary>
    private static readonly Dictionary<string, string[]> Others = new()
    {
        ["up"] = [],
        ["ALERTS"] = ["alertname", "alertstate", "severity"],
        ["process_start_time_seconds"] = [],
        ["process_working_set_bytes"] = [],
        ["process_cpu_seconds_total"] = [],
    };

    /// <summary>Recording rules that the dashboards need, whether or not a file of rules is there yet.</summary>
    private static readonly Dictionary<string, string[]> NeededRules = new()
    {
        ["starling:run_seconds:total"] = ["state"],
        ["starling:goodput:ratio_rate1h"] = [],
        ["starling:goodput:ratio_rate24h"] = [],
        ["starling:images:rate5m"] = [],
    };

    private readonly Dictionary<string, string[]> _labels = [];

    private KnownSeries()
    {
        foreach (MetricDefinition metric in new RunMetrics(TimeProvider.System, Exporter.None).Definitions)
        {
            string[] labels = [.. metric.Labels];
            foreach (string suffix in Suffixes(metric.Type))
                _labels[metric.Name + suffix] = suffix == "_bucket" ? [.. labels, "le"] : labels;
        }
        foreach ((string name, string[] labels) in Others.Concat(NeededRules)) _labels[name] = labels;
        foreach (string rule in PrometheusFiles.Names.Select(PrometheusFiles.Read).SelectMany(Rules))
            if (RecordedName(rule) is { } name) _labels[name] = [.. PromQl.GroupedLabels(rule)];
    }

    /// <summary>All of them, read once.</summary>
    public static KnownSeries All { get; } = new();

    /// <summary>Whether a series of this name exists.</summary>
    public bool Has(string name) => _labels.ContainsKey(name);

    /// <summary>The labels that a series has; without labels of its own if it is unknown.</summary>
    public IEnumerable<string> Labels(string name) => Everywhere.Concat(_labels.GetValueOrDefault(name) ?? []);

    /// <summary>Parts of a text, of which each begins with a rule, if the text has any.</summary>
    public static string[] Rules(string text) => BeginningOfRule().Split(text);

    /// <summary>The name under which a rule records; null if the rule is an alarm.</summary>
    public static string? RecordedName(string rule) =>
        Record().Match(rule) is { Success: true } found ? found.Groups[1].Value : null;

    private static string[] Suffixes(string type) => type switch
    {
        "histogram" => ["_bucket", "_sum", "_count"],
        "summary" => ["_sum", "_count"],
        _ => [""],
    };

    [GeneratedRegex(@"^(?=\s*-\s*(?:alert|record):)", RegexOptions.Multiline)]
    private static partial Regex BeginningOfRule();

    [GeneratedRegex(@"\brecord:\s*([\w:]+)")]
    private static partial Regex Record();
}
