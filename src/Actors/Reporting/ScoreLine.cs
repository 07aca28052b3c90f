namespace Starling.Actors.Reporting;

/// <summary>Renders the scores of an evaluation as one line of text.</summary>
public static class ScoreLine
{
    /// <summary>
    /// Renders the line, for instance <c>step 1000 student: Frechet distance 41.2 (emoji-classifier-v1, 1000 samples
    /// against 3035 images), held-out loss 5.210, linear probe 63.0% (chance 11.1%)</c>.
    /// </summary>
    public static string Render(EvaluationScore score)
    {
        var parts = new List<string>();
        if (score.FrechetDistance is { } distance)
            parts.Add($"Frechet distance {Display.Number(distance)} ({score.Network}{Counts(score)})");
        if (score.HeldOutLoss is { } loss) parts.Add(FormattableString.Invariant($"held-out loss {loss:0.000}"));
        if (score.ProbeAccuracy is { } accuracy)
            parts.Add($"linear probe {Display.Percent(accuracy)}" +
                (score.ProbeChance is { } chance ? $" (chance {Display.Percent(chance)})" : ""));
        return FormattableString.Invariant($"step {score.Step} {score.Weights}: {string.Join(", ", parts)}");
    }

    // A Frechet distance cannot be compared without both counts: the distance falls as either count grows.
    private static string Counts(EvaluationScore score) => (score.Samples, score.ReferenceImages) switch
    {
        (0, _) => "",
        (var samples, 0) => FormattableString.Invariant($", {samples} samples"),
        (var samples, var images) => FormattableString.Invariant($", {samples} samples against {images} images"),
    };
}
