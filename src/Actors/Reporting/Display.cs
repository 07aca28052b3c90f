using System.Globalization;

namespace Starling.Actors.Reporting;

/// <summary>Formats numbers for people, the same in every locale.</summary>
public static class Display
{
    private static readonly string[] Sizes = ["B", "KB", "MB", "GB", "TB"];
    private static readonly string[] Powers = ["", " K", " M", " G", " T", " P", " E"];

    /// <summary>Formats a duration: <c>45s</c>, <c>4m02s</c>, <c>3h05m</c>, <c>2d04h</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        TimeSpan t = TimeSpan.FromSeconds(Math.Round(Math.Max(0, time.TotalSeconds)));
        return t switch
        {
            { TotalMinutes: < 1 } => Invariant($"{t.Seconds}s"),
            { TotalHours: < 1 } => Invariant($"{t.Minutes}m{t.Seconds:00}s"),
            { TotalDays: < 1 } => Invariant($"{t.Hours}h{t.Minutes:00}m"),
            _ => Invariant($"{t.Days}d{t.Hours:00}h"),
        };
    }

    /// <summary>Formats a size in bytes: <c>512 B</c>, <c>12.3 MB</c> (powers of 1024).</summary>
    public static string Bytes(double bytes) => Scaled(bytes, 1024, Sizes, " ");

    /// <summary>Formats a count: <c>950</c>, <c>12.3 M</c>, <c>1.5 G</c> (powers of 1000).</summary>
    public static string Count(double count) => Scaled(count, 1000, Powers, "");

    /// <summary>Formats a fraction of 0 to 1 as a percentage: 0.004 is <c>0.4%</c>.</summary>
    public static string Percent(double ratio) => Invariant($"{ratio * 100:0.0}%");

    /// <summary>Formats a number with four significant digits.</summary>
    public static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Scaled(double value, double factor, string[] units, string gap)
    {
        int unit = 0;
        for (; Math.Abs(value) >= factor && unit < units.Length - 1; unit++) value /= factor;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + gap + units[unit];
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
