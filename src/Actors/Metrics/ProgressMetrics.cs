using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the run's progress and of what its time is spent on.</summary>
public sealed class ProgressMetrics
{
    private readonly TimeProvider _time;
    private long _lastStepMark; // timestamp of the last step; 0 before the first
    private readonly Gauge _step, _epoch, _lastStep, _eta, _tensors;
    private readonly Counter _steps, _images, _tokens, _wall;
    private readonly Histogram _phase;

    internal ProgressMetrics(MetricBook book, TimeProvider time)
    {
        _time = time;
        _step = book.Gauge("step", "Last committed optimizer step");
        _steps = book.Counter("committed_steps_total", "Optimizer steps committed by this process");
        _images = book.Counter("images_total", "Images trained on (views of one image count once)");
        _tokens = book.Counter("tokens_total", "Tokens the student was trained to predict");
        _epoch = book.Gauge("epoch", "Passes over the training images so far, with fraction");
        _lastStep = book.Gauge("last_step_timestamp_seconds", "When the last step was committed (Unix time)");
        _eta = book.Gauge("eta_seconds", "Estimated time to the last step");
        _phase = book.Seconds("step_seconds", "Time of one step's phases", "phase");
        _wall = book.Counter("wall_seconds_total",
            "Time of the training loop by what it was spent on", "state");
        _tensors = book.Gauge("tensors_live", "Tensors alive in this process; constant between steps unless one leaks");
    }

    /// <summary>Time since the last committed step of this process; null before the first.</summary>
    public TimeSpan? SinceLastStep =>
        Interlocked.Read(ref _lastStepMark) is var mark and not 0 ? _time.GetElapsedTime(mark) : null;

    /// <summary>Sets the step and the epoch before the first step of this process.</summary>
    /// <param name="step">The restored step, 0 for a new run.</param>
    /// <param name="epoch">Passes over the data so far.</param>
    public void Resumed(long step, double epoch)
    {
        _step.Set(step);
        _epoch.Set(epoch);
    }

    /// <summary>Counts a committed step.</summary>
    /// <param name="step">Committed steps of the run.</param>
    /// <param name="epoch">Passes over the data so far.</param>
    /// <param name="images">Images of this step.</param>
    /// <param name="tokens">Tokens of this step that the student predicted.</param>
    public void StepApplied(long step, double epoch, int images, long tokens)
    {
        Interlocked.Exchange(ref _lastStepMark, _time.GetTimestamp());
        _steps.Inc();
        _images.Inc(images);
        _tokens.Inc(tokens);
        _epoch.Set(epoch);
        _lastStep.Set(_time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        _step.Set(step);
    }

    /// <summary>Records how long a phase of one step took.</summary>
    /// <param name="phase">A StepPhase in lower case, exchange_ and an ExchangePhase, data, or total.</param>
    /// <param name="seconds">Its duration in seconds.</param>
    public void Phase(string phase, double seconds) => _phase.WithLabels(phase).Observe(seconds);

    /// <summary>Adds time of the training loop to a state.</summary>
    /// <param name="state">productive, exchange, data_wait or checkpoint_block.</param>
    /// <param name="seconds">Its duration in seconds; not negative.</param>
    public void Wall(string state, double seconds) => _wall.WithLabels(state).Inc(seconds);

    /// <summary>Sets the estimated time to the last step.</summary>
    public void Eta(TimeSpan left) => _eta.Set(left.TotalSeconds);

    /// <summary>Sets the number of tensors alive.</summary>
    public void TensorsLive(long count) => _tensors.Set(count);
}
