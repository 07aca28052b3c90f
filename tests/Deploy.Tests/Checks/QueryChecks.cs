using System.Text.RegularExpressions;

namespace Starling.Deploy.Tests.Checks;

/// <summary>Finds queries that Grafana cannot fill in, and counters that are shown as they are.</summary>
internal static partial class QueryChecks
{
    /// <summary>
    /// Each new leader's counter of this name begins with the old sums. Only its recording rule is for use.
    /// </summary>
    private const string NeedsRule = "starling_run_seconds_total";

    /// <summary>Variables of Grafana itself.</summary>
    private static readonly string[] BuiltIn =
        ["__rate_interval", "__interval", "__range", "__value", "__url_time_range"];

    /// <summary>Variables that are used and not defined, or defined and not used.</summary>
    public static IEnumerable<string> Variables(Dashboard dashboard)
    {
        string[] used = [.. Variable().Matches(dashboard.Text).Select(m => m.Groups[1].Value).Distinct()];
        return used.Except(dashboard.Variables).Except(BuiltIn).Select(v => $"the variable {v} is not defined")
            .Concat(dashboard.Variables.Except(used).Select(v => $"the variable {v} is not used"));
    }

    /// <summary>Counters outside rate() and increase(), and rates over a time that Grafana does not choose.</summary>
    public static IEnumerable<string> Counters(Dashboard dashboard)
    {
        foreach (DashboardQuery query in dashboard.Queries)
        {
            string text = query.Expression;
            foreach (Match counter in Counter().Matches(text))
            {
                if (counter.Value == NeedsRule) yield return $"{query.Owner}: {NeedsRule} needs its recording rule";
                if (!RateBefore().IsMatch(text[..counter.Index]))
                    yield return $"{query.Owner}: {counter.Value} is not in rate() or increase()";
            }
            foreach (Match range in RangeOfRate().Matches(text).Where(m => m.Groups[1].Value != "$__rate_interval"))
                yield return $"{query.Owner}: rate over {range.Groups[1].Value} and not over $__rate_interval";
        }
    }

    [GeneratedRegex(@"\$\{?([A-Za-z_]\w*)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b[\w:]+[_:]total\b")]
    private static partial Regex Counter();

    [GeneratedRegex(@"\b(?:rate|increase)\($")]
    private static partial Regex RateBefore();

    [GeneratedRegex(@"\b(?:rate|increase)\([^\[]*\[([^\]]*)\]")]
    private static partial Regex RangeOfRate();
}
