using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// The answer to a request for the metrics. It is made at most once in a quarter of a second, however many ask for it.
/// Thread-safe.
/// </summary>
/// <param name="registry">The metrics.</param>
/// <param name="time">The clock.</param>
internal sealed class MetricsText(CollectorRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(0.25);

    private readonly Lock _gate = new();
    private Task<ReadOnlyMemory<byte>>? _text;
    private long _madeAt;

    /// <summary>Returns the metrics as they were a moment ago, in Prometheus' text format.</summary>
    public Task<ReadOnlyMemory<byte>> GetAsync()
    {
        lock (_gate)
        {
            if (_text is null || time.GetElapsedTime(_madeAt) >= Lifetime)
                (_text, _madeAt) = (MakeAsync(), time.GetTimestamp());
            return _text;
        }
    }

    private async Task<ReadOnlyMemory<byte>> MakeAsync()
    {
        using MemoryStream text = new();
        await registry.CollectAndExportAsTextAsync(text);
        return text.ToArray();
    }
}
