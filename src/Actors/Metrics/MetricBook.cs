using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// Creates metrics and lists their definitions. Each book has a registry of its own, so that several runs in one
/// process, as in tests, do not mix.
/// </summary>
internal sealed class MetricBook
{
    private const string Prefix = "starling_";
    private readonly List<MetricDefinition> _definitions = [];
    private readonly MetricFactory _factory;

    /// <summary>Makes an empty book.</summary>
    public MetricBook() => _factory = Prometheus.Metrics.WithCustomRegistry(Registry);

    /// <summary>The registry with the metrics of this book.</summary>
    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>The definitions of the metrics, in the order of their creation.</summary>
    public IReadOnlyList<MetricDefinition> Definitions => _definitions;

    /// <summary>Creates a gauge. The prefix <c>starling_</c> is added to its name.</summary>
    public Gauge Gauge(string name, string help, params string[] labels)
    {
        AddDefinition(name, "gauge", help, labels);
        return _factory.CreateGauge(Prefix + name, help, labels);
    }

    /// <summary>Creates a counter. The prefix <c>starling_</c> is added to its name.</summary>
    public Counter Counter(string name, string help, params string[] labels)
    {
        AddDefinition(name, "counter", help, labels);
        return _factory.CreateCounter(Prefix + name, help, labels);
    }

    /// <summary>
    /// Creates a histogram of seconds with buckets from a millisecond to about nine minutes in factors of two. The
    /// prefix <c>starling_</c> is added to its name.
    /// </summary>
    public Histogram Seconds(string name, string help, params string[] labels)
    {
        AddDefinition(name, "histogram", help, labels);
        var settings = new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 20) };
        return _factory.CreateHistogram(Prefix + name, help, labels, settings);
    }

    private void AddDefinition(string name, string type, string help, string[] labels) =>
        _definitions.Add(new MetricDefinition(Prefix + name, type, labels, help));
}
