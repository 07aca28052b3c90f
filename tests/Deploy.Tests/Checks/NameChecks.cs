namespace Starling.Deploy.Tests.Checks;

/// <summary>Finds names of series and labels that do not exist. Prometheus answers such a query with nothing.</summary>
internal static class NameChecks
{
    /// <summary>Problems of a dashboard's queries.</summary>
    public static IEnumerable<string> Dashboard(Dashboard dashboard) => dashboard.Queries.SelectMany(q =>
        Problems(q.Expression, PromQl.LegendLabels(q.Legend), name => true).Select(p => $"{q.Owner}: {p}"));

    /// <summary>
    /// Problems of a file for Prometheus. It may use series of other programs; only those of Starling are checked, and
    /// only the labels of rules that use them.
    /// </summary>
    public static IEnumerable<string> File(string text) => KnownSeries.Rules(text)
        .Where(rule => PromQl.Series(rule).Any(s => IsOurs(s.Name)))
        .SelectMany(rule => Problems(rule, [], IsOurs));

    private static IEnumerable<string> Problems(
        string text, IEnumerable<string> legendLabels, Func<string, bool> isChecked)
    {
        KnownSeries known = KnownSeries.All;
        var series = PromQl.Series(text).ToList();
        foreach ((string name, IEnumerable<string> labels) in series.Where(s => isChecked(s.Name)))
        {
            if (!known.Has(name)) yield return $"there is no series {name}";
            foreach (string label in labels.Except(known.Labels(name)))
                yield return $"{name} has no label {label}";
        }
        IEnumerable<string> all = series.SelectMany(s => known.Labels(s.Name));
        foreach (string label in PromQl.GroupedLabels(text).Concat(legendLabels).Except(all))
            yield return $"no series here has the label {label}: {text}";
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("starling_", StringComparison.Ordinal) ||
        name.StartsWith("starling:", StringComparison.Ordinal);
}
