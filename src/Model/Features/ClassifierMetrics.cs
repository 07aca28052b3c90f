namespace Starling.Model.Features;

/// <summary>What one training step of a classifier measured.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="Loss">Cross entropy with smoothed labels.</param>
/// <param name="Accuracy">Share of the batch's images classified rightly, before the update.</param>
/// <param name="GradientNorm">Norm of the gradient before clipping; not finite if the step was skipped.</param>
public sealed record ClassifierMetrics(
    long Step, double LearningRate, double Loss, double Accuracy, double GradientNorm);
