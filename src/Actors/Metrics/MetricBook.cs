using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// Creates metrics and lists their definitions. Each book has a registry of its own, so that several runs in one
/// process, as in tests, do not mix.
/// </summary>
/// <remarks>
/// A gauge appears with its first value: a zero that stands for "unknown" would be taken for a fact. A counter appears
/// with the value 0 as soon as its exporter begins: Prometheus does not see the first event of a counter that appears
/// with the value 1.
/// </remarks>
internal sealed class MetricBook
{
    private const string Prefix = "starling_";

    private readonly List<MetricDefinition> _definitions = [];
    private readonly List<Item> _items = [];
    private readonly Lock _gate = new();
    private readonly MetricFactory _factory;
    private Exporter _active;

    /// <summary>Makes an empty book.</summary>
    public MetricBook() => _factory = Prometheus.Metrics.WithCustomRegistry(Registry);

    /// <summary>The registry with the metrics of this book.</summary>
    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>The definitions of the metrics, in the order of their creation.</summary>
    public IReadOnlyList<MetricDefinition> Definitions => _definitions;

    /// <summary>Creates a gauge. The prefix <c>starling_</c> is added to its name.</summary>
    public Gauge Gauge(Exporter by, string name, string help, params string[] labels)
    {
        AddDefinition(by, name, "gauge", help, labels);
        Gauge gauge = _factory.CreateGauge(
            Prefix + name, help, labels, new GaugeConfiguration { SuppressInitialValue = true });
        Add(by, () => { }, () =>
        {
            if (labels.Length == 0) gauge.Unpublish();
            else foreach (string[] values in gauge.GetAllLabelValues().ToArray()) gauge.RemoveLabelled(values);
        });
        return gauge;
    }

    /// <summary>Creates a counter without labels. The prefix <c>starling_</c> is added to its name.</summary>
    public Counter Counter(Exporter by, string name, string help)
    {
        AddDefinition(by, name, "counter", help, []);
        Counter counter = _factory.CreateCounter(
            Prefix + name, help, new CounterConfiguration { SuppressInitialValue = true });
        Add(by, counter.Publish, counter.Unpublish);
        return counter;
    }

    /// <summary>
    /// Creates a counter with one label, whose values are all known. The prefix <c>starling_</c> is added to its name.
    /// </summary>
    public Counter Counter(Exporter by, string name, string help, string label, params string[] values)
    {
        AddDefinition(by, name, "counter", help, [label]);
        Counter counter = _factory.CreateCounter(
            Prefix + name, help, [label], new CounterConfiguration { SuppressInitialValue = true });
        Add(by,
            () => Array.ForEach(values, value => counter.WithLabels(value).Publish()),
            () => Array.ForEach(values, value => counter.WithLabels(value).Unpublish()));
        return counter;
    }

    /// <summary>
    /// Creates a histogram of seconds with buckets from a millisecond to about nine minutes in factors of two. The
    /// prefix <c>starling_</c> is added to its name.
    /// </summary>
    public Histogram Seconds(Exporter by, string name, string help, params string[] labels)
    {
        AddDefinition(by, name, "histogram", help, labels);
        return _factory.CreateHistogram(Prefix + name, help, labels, new HistogramConfiguration
        {
            Buckets = Histogram.ExponentialBuckets(0.001, 2, 20),
            SuppressInitialValue = true,
        });
    }

    /// <summary>
    /// Creates a sum and a count of seconds for each value of a label: where a histogram would cost twenty series for
    /// each. The prefix <c>starling_</c> is added to its name.
    /// </summary>
    public Summary Sums(Exporter by, string name, string help, string label)
    {
        AddDefinition(by, name, "summary", help, [label]);
        return _factory.CreateSummary(
            Prefix + name, help, [label], new SummaryConfiguration { SuppressInitialValue = true });
    }

    /// <summary>Has the counters of exporters appear with their values, 0 at first.</summary>
    public void Begin(Exporter exporters)
    {
        lock (_gate)
        {
            Exporter begun = exporters & ~_active;
            _active |= exporters;
            foreach (Item item in _items.Where(item => (item.By & begun) != 0)) item.Show();
        }
    }

    /// <summary>Takes the gauges and counters of an exporter away. A counter keeps its value.</summary>
    public void End(Exporter exporters)
    {
        lock (_gate)
        {
            Exporter ended = exporters & _active;
            _active &= ~exporters;
            foreach (Item item in _items.Where(item => (item.By & ended) != 0)) item.Hide();
        }
    }

    private void Add(Exporter by, Action show, Action hide) => _items.Add(new Item(by, show, hide));

    private void AddDefinition(Exporter by, string name, string type, string help, string[] labels) =>
        _definitions.Add(new MetricDefinition(Prefix + name, type, labels, by, help));

    private sealed record Item(Exporter By, Action Show, Action Hide);
}
