using Starling.Actors.Runs;
using Starling.Model.Evaluation;

namespace Starling.Actors.Page;

/// <summary>The evaluation of a checkpoint.</summary>
/// <param name="Step">The checkpoint's step.</param>
/// <param name="Noise">The distance of noise, for comparison.</param>
/// <param name="Reconstruction">The distance of the data through the tokenizer, for comparison.</param>
/// <param name="Chance">The accuracy of a probe of useless features.</param>
/// <param name="Weights">The scores of student and teacher, by name.</param>
internal sealed record EvaluationEntry(
    long Step, double? Noise, double? Reconstruction, double? Chance, IReadOnlyDictionary<string, WeightsEntry> Weights)
{
    /// <summary>Makes an entry of a score file.</summary>
    public static EvaluationEntry Of(EvaluationFiles.StoredScores stored)
    {
        Dictionary<string, WeightsEntry> weights = [];
        foreach (EvaluationResult r in stored.Results)
            weights[r.Weights] = new WeightsEntry(
                Finite(r.FrechetDistance), r.FeatureNetwork, Finite(r.HeldOutLoss),
                [.. r.Probe.Select(p => new[] { p.Step, Finite(p.Accuracy) ?? 0 })]);
        double? chance = stored.Results.FirstOrDefault(r => r.Probe.Count > 0)?.ChanceLevel;
        return new EvaluationEntry(stored.Step, Finite(stored.Anchors?.Noise), Finite(stored.Anchors?.Reconstruction),
            Finite(chance), weights);
    }

    /// <summary>Returns the entry without its probes.</summary>
    public EvaluationEntry WithoutProbes() =>
        this with { Weights = Weights.ToDictionary(w => w.Key, w => w.Value with { Probe = [] }) };

    private static double? Finite(double? value) => value is { } v && double.IsFinite(v) ? v : null;
}
