namespace Starling.Actors.Coordination.Hosts;

/// <summary>What a host tells of a step that it applied, beside its number. Nothing is decided by it.</summary>
/// <param name="DataWaitSeconds">Seconds that the host waited for the step's batch.</param>
/// <param name="ExchangeSeconds">Seconds in exchanges with the other hosts, most of them waiting.</param>
/// <param name="BlockedSeconds">Seconds for which the host stood still before the step, to copy a checkpoint.</param>
/// <param name="Loss">The weighted sum of the parts of the loss, in nats; the same on all hosts, as all below.</param>
/// <param name="AutoRegressive">Next-token loss, in nats.</param>
/// <param name="MaskedAttention">Masked-attention loss: a cosine distance.</param>
/// <param name="ContrastStep">Contrastive loss between steps, in nats.</param>
/// <param name="ContrastView">Contrastive loss between views, in nats.</param>
/// <param name="GradientNorm">L2 norm of the gradient before clipping.</param>
/// <param name="LearningRate">Learning rate of the step.</param>
/// <param name="KeySimilarity">Mean cosine between the teacher's contrastive keys of different images.</param>
public sealed record StepFigures(
    double DataWaitSeconds, double ExchangeSeconds, double BlockedSeconds, double Loss, double AutoRegressive,
    double MaskedAttention, double ContrastStep, double ContrastView, double GradientNorm, double LearningRate,
    double KeySimilarity);
