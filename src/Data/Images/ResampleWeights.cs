namespace Starling.Data.Images;

/// <summary>
/// The weights of one axis: output pixel i is the sum of <c>Weights[i * Taps + k] * input[Start[i] + k]</c> over
/// k &lt; Count[i], in 22-bit fixed point. The arithmetic and its order are those of Pillow's Resample.c.
/// </summary>
internal sealed class ResampleWeights
{
    /// <summary>
    /// Number of fractional bits. Of 32 bits, 8 are for the pixel and 2 for sums beyond its range.
    /// </summary>
    public const int Bits = 32 - 8 - 2;

    private ResampleWeights(int taps, int size) =>
        (Taps, Start, Count, Weights) = (taps, new int[size], new int[size], new int[size * taps]);

    public int Taps { get; }

    public int[] Start { get; }

    public int[] Count { get; }

    public int[] Weights { get; }

    public static ResampleWeights Create(int inputSize, double from, double to, int outputSize, ResampleFilter filter)
    {
        double scale = (to - from) / outputSize, stretch = Math.Max(scale, 1.0);
        double support = Support(filter) * stretch, inverse = 1.0 / stretch;
        ResampleWeights result = new(((int)Math.Ceiling(support) * 2) + 1, outputSize);
        double[] exact = new double[result.Taps];
        for (int i = 0; i < outputSize; i++)
        {
            double centre = from + ((i + 0.5) * scale);
            int start = Math.Max((int)(centre - support + 0.5), 0);
            int count = Math.Min((int)(centre + support + 0.5), inputSize) - start;
            double sum = 0;
            for (int k = 0; k < count; k++) sum += exact[k] = Evaluate(filter, (k + start - centre + 0.5) * inverse);
            for (int k = 0; k < count; k++)
                result.Weights[(i * result.Taps) + k] = Fix(sum == 0.0 ? exact[k] : exact[k] / sum);
            (result.Start[i], result.Count[i]) = (start, count);
        }
        return result;
    }

    private static int Fix(double weight) => (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << Bits)));

    private static double Support(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Box => 0.5,
        ResampleFilter.Bilinear => 1.0,
        _ => 2.0,
    };

    private static double Evaluate(ResampleFilter filter, double x)
    {
        const double a = -0.5;
        double distance = Math.Abs(x);
        return filter switch
        {
            ResampleFilter.Box => x is > -0.5 and <= 0.5 ? 1.0 : 0.0,
            ResampleFilter.Bilinear => distance < 1.0 ? 1.0 - distance : 0.0,
            _ when distance < 1.0 => ((((a + 2.0) * distance) - (a + 3.0)) * distance * distance) + 1,
            _ when distance < 2.0 => (((((distance - 5) * distance) + 8) * distance) - 4) * a,
            _ => 0.0,
        };
    }
}
