using System.Globalization;

namespace Starling.Data.Grids;

/// <summary>One axis of a chart: a range that begins and ends at round numbers, and where its ticks are.</summary>
/// <param name="From">Value at the axis' beginning.</param>
/// <param name="To">Value at its end.</param>
/// <param name="Ticks">Marked values, ascending.</param>
internal sealed record ChartAxis(double From, double To, IReadOnlyList<double> Ticks)
{
    private const int Parts = 6;

    /// <summary>The axis for some values: about six parts of 1, 2 or 5 times a power of ten.</summary>
    public static ChartAxis For(IReadOnlyCollection<double> values)
    {
        double low = values.Min(), high = values.Max(), range = high > low ? high - low : Math.Max(Math.Abs(high), 1);
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / Parts)));
        double step = power * ((double[])[1, 2, 5, 10]).First(m => m * power * Parts >= range * 0.999);
        long first = (long)Math.Floor((low / step) + 1e-9), last = (long)Math.Ceiling((high / step) - 1e-9);
        if (last == first) last++;
        return new ChartAxis(first * step, last * step,
            [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 12))]);
    }

    /// <summary>Where a value lies along the axis, 0 to 1.</summary>
    public double Share(double value) => (value - From) / (To - From);

    /// <summary>A tick's text.</summary>
    public static string Text(double tick) => tick.ToString("G6", CultureInfo.InvariantCulture);
}
