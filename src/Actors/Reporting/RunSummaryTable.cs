namespace Starling.Actors.Reporting;

/// <summary>Prints a <see cref="RunSummary"/>.</summary>
public static class RunSummaryTable
{
    /// <summary>Writes the table. Paths are never wrapped, so that they can be copied.</summary>
    public static void Print(TextWriter output, RunSummary summary)
    {
        var rows = new List<(string Name, string Value)>
        {
            ("steps", FormattableString.Invariant($"{summary.Step} of {summary.TotalSteps}, this attempt took ") +
                Display.Duration(summary.Elapsed)),
            ("waiting", $"{Display.Percent(summary.DataWaitRatio)} for data, " +
                $"{Display.Percent(summary.CheckpointBlockedRatio)} for checkpoints"),
        };
        if (summary.Losses.Count > 0)
            rows.Add(("loss", string.Join("  ", summary.Losses.Select(p => $"{p.Name} {Display.Number(p.Value)}"))));
        rows.AddRange(summary.Scores.Select(s => ("evaluation", ScoreLine.Render(s))));
        rows.AddRange(summary.Paths);

        output.WriteLine();
        output.WriteLine($"{summary.Run}: {summary.Outcome}");
        int width = rows.Max(r => r.Name.Length);
        foreach ((string name, string value) in rows) output.WriteLine($"  {name.PadRight(width)}  {value}");
        output.Flush();
    }
}
