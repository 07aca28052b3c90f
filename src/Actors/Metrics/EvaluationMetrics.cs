using System.Globalization;
using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the scores of evaluated checkpoints.</summary>
public sealed class EvaluationMetrics
{
    private readonly Gauge _distance, _loss, _probe, _step;
    private readonly Histogram _seconds;
    private readonly Counter _failures;

    internal EvaluationMetrics(MetricBook book)
    {
        _distance = book.Gauge(Exporter.Evaluator, "eval_frechet_distance",
            "Frechet distance between samples and data on the named feature network", "weights", "network");
        _loss = book.Gauge(Exporter.Evaluator, "eval_held_out_loss",
            "Mean next-token loss of held-out images, nats", "weights");
        _probe = book.Gauge(Exporter.Evaluator, "eval_linear_probe_ratio",
            "Linear-probe accuracy on mid-layer features, by position in the sequence", "weights", "position");
        _step = book.Gauge(Exporter.Evaluator, "eval_checkpoint_step", "Step of the last evaluated checkpoint");
        _seconds = book.Seconds(Exporter.Evaluator, "eval_seconds", "Time of one evaluation");
        _failures = book.Counter(Exporter.Evaluator, "eval_failures_total",
            "Evaluations that failed; training goes on");
    }

    /// <summary>Sets a Frechet distance.</summary>
    /// <param name="weights">student or teacher.</param>
    /// <param name="network">The feature network's name.</param>
    /// <param name="value">The distance.</param>
    public void FrechetDistance(string weights, string network, double value) =>
        _distance.WithLabels(weights, network).Set(value);

    /// <summary>Sets a held-out loss.</summary>
    /// <param name="weights">student or teacher.</param>
    /// <param name="value">The loss in nats for each token.</param>
    public void HeldOutLoss(string weights, double value) => _loss.WithLabels(weights).Set(value);

    /// <summary>Sets the accuracy of a linear probe.</summary>
    /// <param name="weights">student or teacher.</param>
    /// <param name="position">Position in the sequence, from 1.</param>
    /// <param name="accuracy">0 to 1.</param>
    public void Probe(string weights, int position, double accuracy) =>
        _probe.WithLabels(weights, position.ToString(CultureInfo.InvariantCulture)).Set(accuracy);

    /// <summary>Records a finished evaluation.</summary>
    /// <param name="step">The checkpoint's step.</param>
    /// <param name="seconds">Its duration in seconds.</param>
    public void Done(long step, double seconds)
    {
        _step.Set(step);
        _seconds.Observe(seconds);
    }

    /// <summary>Counts a failed evaluation.</summary>
    public void Failed() => _failures.Inc();
}
