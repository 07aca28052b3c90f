using Spectre.Console;
using Spectre.Console.Rendering;

namespace Starling.Actors.Reporting;

/// <summary>Renders the figures of a run as the panel of the live view.</summary>
public static class ProgressPanel
{
    private const int BarWidth = 40;

    /// <summary>Renders the panel.</summary>
    public static IRenderable Render(RunProgress s)
    {
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        Row(grid, "step", FormattableString.Invariant($"{s.Step} / {s.TotalSteps}") +
            $"  {Bar(s.CompletedFraction)}  {Display.Percent(s.CompletedFraction)}");
        if (s.Losses.Count > 0)
            Row(grid, "loss", string.Join("   ", s.Losses.Select(p => $"{p.Name} {Display.Number(p.Value)}")));
        Row(grid, "gradient",
            $"norm {Display.Number(s.GradientNorm)}   learning rate {Display.Number(s.LearningRate)}");
        Row(grid, "speed", $"{Display.Number(s.ImagesPerSecond)} images/s" +
            $"   data wait {Display.Percent(s.DataWaitRatio)}   epoch {Display.Number(s.Epoch)}");
        Row(grid, "checkpoint", Checkpoint(s));
        foreach (EvaluationScore score in s.Scores.TakeLast(4)) Row(grid, "evaluation", ScoreLine.Render(score));
        if (s.Eta is { } eta) Row(grid, "time left", Display.Duration(eta));
        if (s.MetricsAddress is { } address) Row(grid, "metrics", new Uri(address, "metrics").ToString());
        return new Panel(grid).Header(Markup.Escape($" {s.Run}: {s.State} ")).Border(BoxBorder.Rounded);
    }

    private static string Checkpoint(RunProgress s) => s switch
    {
        { CheckpointStep: { } step, CheckpointAge: { } age } =>
            FormattableString.Invariant($"step {step}, {Display.Duration(age)} ago"),
        { CheckpointStep: { } step } => FormattableString.Invariant($"step {step}"),
        _ => "none yet",
    };

    private static string Bar(double fraction)
    {
        int full = (int)Math.Round(fraction * BarWidth);
        return new string('━', full) + new string('─', BarWidth - full);
    }

    private static void Row(Grid grid, string name, string value) =>
        grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
}
