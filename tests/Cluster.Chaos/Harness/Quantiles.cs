namespace Starling.Cluster.Chaos.Harness;

/// <summary>Order statistics of measured figures.</summary>
internal static class Quantiles
{
    /// <summary>The figure that so large a share of all does not exceed (nearest rank).</summary>
    public static double Of(IEnumerable<double> figures, double share)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>The median.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
