using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of what a trainer has done, and of what its time is spent on.</summary>
public sealed class ProgressMetrics
{
    private readonly Gauge _eta, _tensors, _peak;
    private readonly Counter _steps, _images, _tokens, _flops, _wall;
    private readonly Histogram _step;
    private readonly Summary _phase, _exchange;

    internal ProgressMetrics(MetricBook book)
    {
        _steps = book.Counter(Exporter.Trainer, "committed_steps_total", "Optimizer steps committed by this process");
        _images = book.Counter(Exporter.Trainer, "images_total",
            "Images of its own replicas that this trainer trained on (views of one image count once)");
        _tokens = book.Counter(Exporter.Trainer, "tokens_total",
            "Tokens of its own replicas that the student was trained to predict");
        _flops = book.Counter(Exporter.Trainer, "model_flops_total",
            "Floating-point operations that the model needs for this trainer's images, without what is computed again");
        _peak = book.Gauge(Exporter.Trainer, "device_peak_flops",
            "Floating-point operations that the device makes in a second at most (monitor.peakFlops)");
        _eta = book.Gauge(Exporter.FirstTrainer, "eta_seconds", "Estimated time to the last step");
        _step = book.Seconds(Exporter.Trainer, "step_seconds", "Time from one committed step to the next");
        _phase = book.Sums(Exporter.Trainer, "step_phase_seconds",
            "Time of a step's phases, exchanges with other trainers included", "phase");
        _exchange = book.Sums(Exporter.Trainer, "exchange_phase_seconds",
            "Time of a step's exchanges with other trainers, which its phases contain", "phase");
        _wall = book.Counter(Exporter.Trainer, "wall_seconds_total",
            "Time of the training loop by what it was spent on", "state",
            "productive", "exchange", "data_wait", "checkpoint_block");
        _tensors = book.Gauge(Exporter.Trainer, "tensors_live",
            "Tensors alive in this process; constant between steps unless one leaks");
    }

    /// <summary>Counts a committed step.</summary>
    /// <param name="seconds">Seconds since the step before.</param>
    /// <param name="images">Images of this step that this trainer's replicas had.</param>
    /// <param name="tokens">Tokens of this step that the student predicted on this trainer.</param>
    /// <param name="flops">Floating-point operations that the model needs for these images.</param>
    public void StepApplied(double seconds, int images, long tokens, double flops)
    {
        _flops.Inc(flops);
        _steps.Inc();
        _step.Observe(seconds);
        _images.Inc(images);
        _tokens.Inc(tokens);
    }

    /// <summary>Sets the operations that the device makes in a second at most.</summary>
    public void PeakFlops(double perSecond) => _peak.Set(perSecond);

    /// <summary>Records how long a phase of one step took.</summary>
    /// <param name="phase">A StepPhase in lower case, or data.</param>
    /// <param name="seconds">Its duration in seconds.</param>
    public void Phase(string phase, double seconds) => _phase.WithLabels(phase).Observe(seconds);

    /// <summary>Records how long an exchange with other trainers took.</summary>
    /// <param name="phase">An ExchangePhase in lower case.</param>
    /// <param name="seconds">Its duration in seconds.</param>
    public void Exchange(string phase, double seconds) => _exchange.WithLabels(phase).Observe(seconds);

    /// <summary>Adds time of the training loop to a state.</summary>
    /// <param name="state">productive, exchange, data_wait or checkpoint_block.</param>
    /// <param name="seconds">Its duration in seconds; not negative.</param>
    public void Wall(string state, double seconds) => _wall.WithLabels(state).Inc(seconds);

    /// <summary>Sets the estimated time to the last step.</summary>
    public void Eta(TimeSpan left) => _eta.Set(left.TotalSeconds);

    /// <summary>Sets the number of tensors alive.</summary>
    public void TensorsLive(long count) => _tensors.Set(count);
}
