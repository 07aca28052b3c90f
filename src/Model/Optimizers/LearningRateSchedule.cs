namespace Starling.Model.Optimizers;

/// <summary>
/// The learning rate as a function of the step: a linear warm-up to a peak, a constant middle, and a decay. Runs,
/// classifiers and tokenizers are trained with such a schedule. Steps count from 0.
/// </summary>
public sealed record LearningRateSchedule
{
    /// <summary>The largest learning rate.</summary>
    public required double Peak { get; init; }

    /// <summary>Steps over which the learning rate grows linearly; the last of them has the peak. 0 for none.</summary>
    public required long WarmupSteps { get; init; }

    /// <summary>The form of the decay.</summary>
    public required LearningRateDecay Decay { get; init; }

    /// <summary>The last step before the decay, which still has the peak.</summary>
    public required long DecayStart { get; init; }

    /// <summary>The step at which the decay reaches 0.</summary>
    public required long DecayEnd { get; init; }

    /// <summary>
    /// Computes the learning rate of a step. The linear form multiplies the peak by a quotient, and the other forms
    /// divide a product; the results can differ in their last bit. Both orders stay as they are, because weights that
    /// were trained before depend on every bit.
    /// </summary>
    public double At(long step)
    {
        bool warmsUp = step < WarmupSteps;
        if (Decay == LearningRateDecay.Linear)
        {
            double factor = warmsUp ? (step + 1.0) / WarmupSteps : 1;
            if (step > DecayStart) factor = Math.Min(factor, (DecayEnd - step) / (double)(DecayEnd - DecayStart));
            return Peak * factor;
        }
        if (warmsUp) return Peak * (step + 1) / WarmupSteps;
        if (Decay == LearningRateDecay.None) return Peak;
        double done = (step - DecayStart) / (double)Math.Max(1, DecayEnd - DecayStart);
        return Peak * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, done)));
    }
}
