using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// Makes metrics in a registry of its own (several runs in one process, as in tests, do not mix) and writes down each.
/// </summary>
internal sealed class MetricBook
{
    private const string Prefix = "starling_";
    private readonly List<MetricDefinition> _definitions = [];
    private readonly MetricFactory _factory;

    public MetricBook() => _factory = Prometheus.Metrics.WithCustomRegistry(Registry);

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    public IReadOnlyList<MetricDefinition> Definitions => _definitions;

    public Gauge Gauge(string name, string help, params string[] labels)
    {
        Write(name, "gauge", help, labels);
        return _factory.CreateGauge(Prefix + name, help, labels);
    }

    public Counter Counter(string name, string help, params string[] labels)
    {
        Write(name, "counter", help, labels);
        return _factory.CreateCounter(Prefix + name, help, labels);
    }

    /// <summary>A histogram of seconds, from a millisecond to about nine minutes in factors of two.</summary>
    public Histogram Seconds(string name, string help, params string[] labels)
    {
        Write(name, "histogram", help, labels);
        var settings = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 20) };
        return _factory.CreateHistogram(Prefix + name, help, labels, settings);
    }

    private void Write(string name, string type, string help, string[] labels) =>
        _definitions.Add(new MetricDefinition(Prefix + name, type, labels, help));
}
