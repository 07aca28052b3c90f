using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the last step's loss and gradient.</summary>
public sealed class LearningMetrics
{
    private readonly Gauge _loss, _gradient, _rate;
    private readonly Counter _nonFinite;

    internal LearningMetrics(MetricBook book)
    {
        _loss = book.Gauge("loss", "Loss of the last step, by part (nats; cosine distance for mim)", "part");
        _gradient = book.Gauge("grad_norm", "Gradient norm of student and projector before clipping");
        _rate = book.Gauge("learning_rate", "Learning rate of the last step");
        _nonFinite = book.Counter("nonfinite_steps_total", "Steps with a non-finite loss or gradient, by what was done",
            "action");
    }

    /// <summary>Sets one part of the loss.</summary>
    /// <param name="part">ar, mim, contrast_step, contrast_view or total.</param>
    /// <param name="value">A part before its weight, or the total as the weighted sum.</param>
    public void Loss(string part, double value) => _loss.WithLabels(part).Set(value);

    /// <summary>Sets the gradient norm before clipping.</summary>
    public void GradientNorm(double value) => _gradient.Set(value);

    /// <summary>Sets the learning rate.</summary>
    public void LearningRate(double value) => _rate.Set(value);

    /// <summary>Counts a step whose loss or gradient was not finite.</summary>
    /// <param name="action">recomputed or skipped.</param>
    public void NonFinite(string action) => _nonFinite.WithLabels(action).Inc();
}
