namespace Starling.Actors.Commands.Train;

/// <summary>
/// A common measure for trainings too large to time here: hours of one H100 at two fifths of its peak. Arithmetic, a
/// lower bound: eager-mode training of these networks takes two to four times as long.
/// </summary>
internal static class SpeedProbe
{
    /// <summary>bfloat16 operations a second of one H100 without sparsity, by its data sheet.</summary>
    public const double Peak = 990e12;

    /// <summary>The share of it that well-tuned training reaches.</summary>
    public const double Utilization = 0.4;

    /// <summary>Hours that a number of floating-point operations takes.</summary>
    public static double GpuHours(double flops) => flops / (Peak * Utilization) / 3600;
}
