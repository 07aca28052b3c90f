using System.Globalization;
using Starling.Actors.Reporting;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Model.Evaluation;

namespace Starling.Actors.Commands.Models;

/// <summary>Renders the scores of several runs side by side, as text and as an image.</summary>
/// <param name="rows">The scores.</param>
/// <param name="lossSteps">Number of steps whose mean the losses are, for the heading.</param>
internal sealed class ComparisonTable(IReadOnlyList<ComparedScore> rows, int lossSteps)
{
    private readonly int[] _positions =
        [.. rows.SelectMany(r => r.Result.Probe.Select(p => p.Step)).Distinct().Order()];

    /// <summary>Whether all distances were measured in the same way, so that they may be compared.</summary>
    public bool DistancesCompare => rows
        .Select(r => (r.Result.FeatureNetwork, r.Result.Samples, r.Result.ReferenceImages)).Distinct().Count() == 1;

    /// <summary>Renders a Markdown table.</summary>
    public IEnumerable<string> Lines()
    {
        string[] heads =
        [
            "run", "step", "weights", $"AR loss, last {lossSteps} steps", "held-out AR loss", "Frechet distance",
            "features", "samples", "images",
            .. _positions.Select(p => FormattableString.Invariant($"probe at {p}")), "chance",
        ];
        yield return Line(heads);
        yield return Line(heads.Select(head => head is "run" or "weights" or "features" ? "---" : "---:"));
        foreach (ComparedScore row in rows) yield return Line(Cells(row));
    }

    /// <summary>
    /// Draws the probe's accuracy along the sequence, with one curve for each row. Returns null if no row has a probe.
    /// </summary>
    public RgbImage? ProbeChart()
    {
        if (_positions.Length == 0) return null;
        using CurveChart chart = new(
            "Linear probe along the sequence", "position in the sequence, tokens", "held-out accuracy, %");
        foreach (ComparedScore row in rows.Where(r => r.Result.Probe.Count > 0))
            chart.Add(FormattableString.Invariant($"{row.Run}, {row.Result.Weights}, step {row.Result.Step}"),
                [.. row.Result.Probe.Select(p => ((double)p.Step, p.Accuracy * 100))],
                row.RunNumber, dashed: row.Result.Weights == "teacher");
        return chart.Render();
    }

    private IEnumerable<string> Cells(ComparedScore row)
    {
        EvaluationResult r = row.Result;
        return
        [
            row.Run.Replace("|", "\\|", StringComparison.Ordinal), Text(r.Step), r.Weights,
            row.Loss?.ToString("0.000", CultureInfo.InvariantCulture) ?? "",
            r.HeldOutLoss?.ToString("0.000", CultureInfo.InvariantCulture) ?? "",
            r.FrechetDistance is { } distance ? Display.Number(distance) : "", r.FeatureNetwork, Text(r.Samples),
            r.ReferenceImages > 0 ? Text(r.ReferenceImages) : "",
            .. _positions.Select(position => r.Probe.Any(p => p.Step == position)
                ? Display.Percent(r.Probe.First(p => p.Step == position).Accuracy)
                : ""),
            r.Probe.Count > 0 ? Display.Percent(r.ChanceLevel) : "",
        ];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
