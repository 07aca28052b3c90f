using System.Globalization;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>What was measured, and whether it is as promised.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="timesCount">False where a time must decide nothing, since the machine is shared.</param>
internal sealed class Report(TextWriter output, bool timesCount)
{
    private readonly List<string> _failures = [];

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>A line for whoever watches.</summary>
    public void Say(string line) => output.WriteLine(line);

    /// <summary>A point that has to hold.</summary>
    public void Check(bool holds, string point)
    {
        output.WriteLine($"{(holds ? "  ok    " : "  FAILED")}  {point}");
        if (!holds) _failures.Add(point);
    }

    /// <summary>Something that has to have happened at all, for which speed is needed.</summary>
    public void Happened(string what, int count) => Check(count > 0 || !timesCount, $"{what}: {count}");

    /// <summary>A time that has a limit.</summary>
    public void Limit(string what, double seconds, double limit) => Check(seconds <= limit || !timesCount,
        string.Create(CultureInfo.InvariantCulture, $"{what}: {seconds:0.00} s (limit {limit:0.##} s)"));
}
