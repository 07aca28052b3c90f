namespace Starling.Actors.Commands.Train;

/// <summary>
/// Converts floating-point operations to hours of one H100 at two fifths of its peak, as a common measure of trainings
/// that are too large to time here. The result is a lower bound: eager-mode training of these networks takes two to
/// four times as long.
/// </summary>
internal static class ReferenceGpu
{
    /// <summary>bfloat16 operations per second of one H100 without sparsity, from its data sheet.</summary>
    public const double Peak = 990e12;

    /// <summary>The share of the peak that well-tuned training reaches.</summary>
    public const double Utilization = 0.4;

    /// <summary>Computes the hours that a number of floating-point operations takes.</summary>
    public static double GpuHours(double flops) => flops / (Peak * Utilization) / 3600;
}
