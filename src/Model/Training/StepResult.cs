namespace Starling.Model.Training;

/// <summary>The result of one step in plain numbers, without tensors.</summary>
/// <param name="Step">Number of the step, from 1. The state has this step after it.</param>
/// <param name="Outcome">Whether the gradient was applied.</param>
/// <param name="Losses">Parts of the loss over the global batch.</param>
/// <param name="GradientNorm">L2 norm of the gradient of the global batch, before clipping.</param>
/// <param name="LearningRate">Learning rate of this step.</param>
/// <param name="KeySimilarity">
/// Mean cosine between the teacher's keys of different images; see
/// <see cref="SelfGuided.ContrastiveLoss.MeanKeySimilarity"/>.
/// </param>
/// <param name="PhaseSeconds">Seconds that each <see cref="StepPhase"/> took.</param>
public sealed record StepResult(
    long Step, StepOutcome Outcome, LossParts Losses, double GradientNorm, double LearningRate, double KeySimilarity,
    IReadOnlyList<double> PhaseSeconds);
