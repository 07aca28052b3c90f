namespace Starling.Actors.Monitoring;

/// <summary>Scores as one line of text.</summary>
public static class ScoreLine
{
    /// <summary>
    /// For instance <c>step 1000 student: Frechet distance 41.2 (emoji-classifier-v1), probe 63.0%</c>.
    /// </summary>
    public static string Render(EvaluationScore score)
    {
        var parts = new List<string>();
        if (score.FrechetDistance is { } distance)
            parts.Add($"Frechet distance {Display.Number(distance)} ({score.Network})");
        if (score.ProbeAccuracy is { } accuracy)
            parts.Add($"linear probe {Display.Percent(accuracy)}" +
                (score.ProbeChance is { } chance ? $" (chance {Display.Percent(chance)})" : ""));
        return FormattableString.Invariant($"step {score.Step} {score.Weights}: {string.Join(", ", parts)}");
    }
}
