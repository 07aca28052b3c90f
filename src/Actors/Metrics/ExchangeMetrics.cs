using Prometheus;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Metrics;

/// <summary>What working together with other trainers costs.</summary>
public sealed class ExchangeMetrics
{
    private readonly WaitFraction _share;
    private readonly Counter _bytes;
    private readonly Gauge _ratio;

    internal ExchangeMetrics(MetricBook book, TimeProvider time)
    {
        _share = new WaitFraction(time);
        _bytes = book.Counter("exchange_bytes_total", "Bytes that this trainer sent to others in its steps' exchanges");
        _ratio = book.Gauge("exchange_ratio",
            "Share of the training's wall time in exchanges with other trainers, waiting for them included");
    }

    /// <summary>Starts the clock of <see cref="Ratio"/>: call it when training begins.</summary>
    public void Started() => _share.Start();

    /// <summary>Adds time of a step's exchanges.</summary>
    public void Exchanged(double seconds) => _share.Add(seconds);

    /// <summary>Adds bytes sent to other trainers.</summary>
    public void Sent(long bytes) => _bytes.Inc(bytes);

    /// <summary>Share of the time since <see cref="Started"/> spent in exchanges, 0 to 1.</summary>
    public double Ratio => _share.Ratio;

    /// <summary>A phase's name in metrics and diaries.</summary>
    public static string NameOf(ExchangePhase phase) => phase.Named();

    internal void Refresh() => _ratio.Set(Ratio);
}
