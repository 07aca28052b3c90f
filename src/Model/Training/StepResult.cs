namespace Starling.Model.Training;

/// <summary>One step as plain numbers.</summary>
/// <param name="Step">Number of the step, from 1: after it, the state has this step.</param>
/// <param name="Outcome">Applied or skipped.</param>
/// <param name="Losses">Parts of the loss over the global batch.</param>
/// <param name="GradientNorm">Norm of the summed gradient before clipping.</param>
/// <param name="LearningRate">Learning rate of this step.</param>
/// <param name="KeySimilarity">Mean cosine between different images' teacher keys; see ContrastiveLoss.</param>
/// <param name="PhaseSeconds">Seconds of each <see cref="StepPhase"/>.</param>
public sealed record StepResult(
    long Step, StepOutcome Outcome, LossParts Losses, double GradientNorm, double LearningRate, double KeySimilarity,
    IReadOnlyList<double> PhaseSeconds);
