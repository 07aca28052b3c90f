using Prometheus;
using Starling.Actors.Collectives;
using Starling.Data;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the time and bytes that the exchange with other trainers costs.</summary>
public sealed class ExchangeMetrics
{
    private readonly WaitFraction _exchangeFraction;
    private readonly Counter _bytes;
    private readonly Gauge _ratio;

    internal ExchangeMetrics(MetricBook book, TimeProvider time)
    {
        _exchangeFraction = new WaitFraction(time);
        _bytes = book.Counter(Exporter.Trainer, "exchange_bytes_total",
            "Bytes that this trainer sent to others in its steps' exchanges");
        _ratio = book.Gauge(Exporter.Trainer, "exchange_ratio",
            "Share of the training's wall time in exchanges with other trainers, waiting for them included");
    }

    /// <summary>Starts the clock of <see cref="Ratio"/>. To be called when training begins.</summary>
    public void Started() => _exchangeFraction.Start();

    /// <summary>Adds the seconds of a step's exchanges.</summary>
    public void Exchanged(double seconds) => _exchangeFraction.Add(seconds);

    /// <summary>Adds bytes that were sent to other trainers.</summary>
    public void Sent(long bytes) => _bytes.Inc(bytes);

    /// <summary>Fraction of the time since <see cref="Started"/> spent in exchanges, 0 to 1.</summary>
    public double Ratio => _exchangeFraction.Ratio;

    /// <summary>Returns the name of a phase in metrics and event logs.</summary>
    public static string NameOf(ExchangePhase phase) => phase.Named();

    internal void Refresh()
    {
        if (_exchangeFraction.IsStarted) _ratio.Set(Ratio);
    }
}
