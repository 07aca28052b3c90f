namespace Starling.Model.Optimizers;

/// <summary>The learning rate as a function of the step: constant in LlamaGen, with optional linear ends.</summary>
public static class LearningRate
{
    /// <summary>Rate of the step that is the <paramref name="step"/>-th (from 0) of <paramref name="total"/>.</summary>
    public static double At(OptimizerOptions options, long step, long total)
    {
        double factor = 1;
        if (step < options.WarmupSteps) factor = (step + 1.0) / options.WarmupSteps;
        long left = total - step;
        if (left < options.CooldownSteps) factor = Math.Min(factor, (double)left / options.CooldownSteps);
        return options.LearningRate * factor;
    }
}
