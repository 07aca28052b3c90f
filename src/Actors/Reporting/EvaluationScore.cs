using Starling.Model.Evaluation;

namespace Starling.Actors.Reporting;

/// <summary>The scores of one set of weights, as shown.</summary>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="Weights">student or teacher.</param>
/// <param name="Network">Feature network of the Frechet distance.</param>
/// <param name="FrechetDistance">The distance; null if not measured.</param>
/// <param name="ProbeAccuracy">Accuracy of the linear probe at the last position, 0 to 1; null if not measured.</param>
public sealed record EvaluationScore(
    long Step, string Weights, string Network, double? FrechetDistance, double? ProbeAccuracy)
{
    /// <summary>Images sampled for the distance; 0 if not known.</summary>
    public long Samples { get; init; }

    /// <summary>Images of the data that the samples were compared with; 0 if not known.</summary>
    public long ReferenceImages { get; init; }

    /// <summary>Mean next-token loss of held-out images, in nats; null if no images are held out.</summary>
    public double? HeldOutLoss { get; init; }

    /// <summary>
    /// Accuracy that a probe reaches on features without information, 0 to 1; null if there was no probe.
    /// </summary>
    public double? ProbeChance { get; init; }

    /// <summary>
    /// Selects the figures of a result that are shown. The accuracy is that of the probe at the last position, as in
    /// Fig. 4 of the ST-AR paper.
    /// </summary>
    public static EvaluationScore Of(EvaluationResult r) => new(
        r.Step, r.Weights, r.FeatureNetwork, r.FrechetDistance, r.Probe.Count > 0 ? r.Probe[^1].Accuracy : null)
    {
        Samples = r.Samples,
        ReferenceImages = r.ReferenceImages,
        HeldOutLoss = r.HeldOutLoss,
        ProbeChance = r.Probe.Count > 0 ? r.ChanceLevel : null,
    };
}
