using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>
/// Metrics of the last step's loss and gradient. They are the same on all trainers, so one of them exports them.
/// </summary>
public sealed class LearningMetrics
{
    private readonly MetricBook _book;
    private readonly Gauge _loss, _part, _gradient, _rate, _similarity;
    private readonly Counter _nonFinite, _clipped;

    internal LearningMetrics(MetricBook book)
    {
        _book = book;
        _loss = book.Gauge(Exporter.FirstTrainer, "loss",
            "Loss of the last step: the weighted sum of its parts (nats)");
        _part = book.Gauge(Exporter.FirstTrainer, "loss_part",
            "Part of the last step's loss before its weight (nats; cosine distance for mim)", "part");
        _gradient = book.Gauge(Exporter.FirstTrainer, "grad_norm",
            "Gradient norm of student and projector before clipping");
        _rate = book.Gauge(Exporter.FirstTrainer, "learning_rate", "Learning rate of the last step");
        _similarity = book.Gauge(Exporter.FirstTrainer, "key_similarity",
            "Mean cosine similarity of the teacher's contrastive keys in the last step; near 1 they have collapsed");
        _nonFinite = book.Counter(Exporter.FirstTrainer, "nonfinite_steps_total",
            "Steps with a non-finite loss or gradient, by what was done", "action", "recomputed", "skipped");
        _clipped = book.Counter(Exporter.FirstTrainer, "clipped_steps_total",
            "Steps whose gradient was scaled down, because its norm was above optimizer.clip");
    }

    /// <summary>Says whether this trainer is the one that exports these metrics: it hosts replica 0.</summary>
    public void Export(bool isFirst)
    {
        if (isFirst) _book.Begin(Exporter.FirstTrainer);
        else _book.End(Exporter.FirstTrainer);
    }

    /// <summary>Sets the loss.</summary>
    public void Loss(double value) => _loss.Set(value);

    /// <summary>Sets one part of the loss.</summary>
    /// <param name="part">ar, mim, contrast_step or contrast_view.</param>
    /// <param name="value">Its value before its weight.</param>
    public void LossPart(string part, double value) => _part.WithLabels(part).Set(value);

    /// <summary>Sets the mean similarity of the contrastive keys.</summary>
    public void KeySimilarity(double value) => _similarity.Set(value);

    /// <summary>Sets the gradient norm before clipping.</summary>
    public void GradientNorm(double value) => _gradient.Set(value);

    /// <summary>Sets the learning rate.</summary>
    public void LearningRate(double value) => _rate.Set(value);

    /// <summary>Counts a step whose gradient was clipped.</summary>
    public void Clipped() => _clipped.Inc();

    /// <summary>Counts a step whose loss or gradient was not finite.</summary>
    /// <param name="action">recomputed or skipped.</param>
    public void NonFinite(string action) => _nonFinite.WithLabels(action).Inc();
}
