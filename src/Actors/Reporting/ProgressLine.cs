namespace Starling.Actors.Reporting;

/// <summary>Renders the figures of a run as one line of a log.</summary>
public static class ProgressLine
{
    /// <summary>
    /// Renders the line, for instance <c>step 40/1000 4.0% loss 6.1 (ar 5.9 mim 0.1) grad 0.8 lr 0.001 41.2 images/s
    /// …</c>.
    /// </summary>
    public static string Render(RunProgress s)
    {
        var words = new List<string>
        {
            FormattableString.Invariant($"step {s.Step}/{s.TotalSteps} ") + Display.Percent(s.CompletedFraction),
        };
        if (s.Losses.Count > 0) words.Add(Losses(s.Losses));
        words.Add($"grad {Display.Number(s.GradientNorm)}");
        words.Add($"lr {Display.Number(s.LearningRate)}");
        words.Add($"{Display.Number(s.ImagesPerSecond)} images/s");
        words.Add($"data wait {Display.Percent(s.DataWaitRatio)}");
        if (s.CheckpointStep is { } step) words.Add(FormattableString.Invariant($"checkpoint {step}"));
        if (s.Eta is { } eta) words.Add($"eta {Display.Duration(eta)}");
        return string.Join("  ", words);
    }

    private static string Losses(IReadOnlyList<LossPart> parts)
    {
        string rest = string.Join(" ", parts.Skip(1).Select(p => $"{p.Name} {Display.Number(p.Value)}"));
        return $"loss {Display.Number(parts[0].Value)}" + (rest.Length > 0 ? $" ({rest})" : "");
    }
}
