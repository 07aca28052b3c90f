using System.Text.RegularExpressions;

namespace Starling.Deploy.Tests.Checks;

/// <summary>
/// What the checks read from PromQL. The expressions stand in JSON or in YAML, and a pattern finds in both what a
/// parser of either would.
/// </summary>
internal static partial class PromQl
{
    /// <summary>
    /// The series that a text selects, each with the labels of its matchers. A name outside <c>starling_</c> and
    /// <c>starling:</c> counts as a series if matchers or a range follow it.
    /// </summary>
    public static IEnumerable<(string Name, IEnumerable<string> Labels)> Series(string text) =>
        Selector().Matches(text).Select(m =>
            (m.Groups["name"].Value, Matcher().Matches(m.Groups["matchers"].Value).Select(l => l.Groups[1].Value)));

    /// <summary>The labels that a text groups by, joins on, copies from, or names in its annotations.</summary>
    public static IEnumerable<string> GroupedLabels(string text) =>
        Grouping().Matches(text).SelectMany(m => Word().Matches(m.Groups[1].Value)).Select(m => m.Value)
            .Concat(Replaced().Matches(text).Select(m => m.Groups[1].Value))
            .Concat(Annotated().Matches(text).Select(m => m.Groups[1].Value));

    /// <summary>The labels of a legend.</summary>
    public static IEnumerable<string> LegendLabels(string legend) =>
        InBraces().Matches(legend).Select(m => m.Groups[1].Value);

    [GeneratedRegex("""
        (?<![\w:$.])(?<name>starling[_:][a-z][\w:]*|[a-zA-Z_]\w*(?=[{\[]))(?:\{(?<matchers>(?:"[^"]*"|[^{}"])*)\})?
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Selector();

    [GeneratedRegex("""(\w+)\s*(?:=~|!~|!=|=)\s*\\?["']""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([\w\s,]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""label_replace\(.*?"\w+",\s*"[^"]*",\s*"(\w+)",\s*"[^"]*"\)""")]
    private static partial Regex Replaced();

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex Annotated();

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex InBraces();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
