namespace Starling.Model.Tests.Features;

/// <summary>Computes the operations of networks by plain loops over [channel][row][column].</summary>
internal static class PlainConvolutions
{
    /// <summary>
    /// Computes a convolution with TensorFlow's "SAME" padding. If the padding is odd, the end gets one more.
    /// </summary>
    public static double[][][] Convolve(
        double[][][] input, Func<int, int, int, int, double> weight, Func<int, double> bias, int filters, int groups,
        int kernel, int stride, bool relu6)
    {
        int side = input[0].Length, outputs = (side + stride - 1) / stride;
        int before = Math.Max(0, ((outputs - 1) * stride) + kernel - side) / 2;
        int read = input.Length / groups, written = filters / groups;
        return Map(filters, outputs, (o, y, x) =>
        {
            double sum = bias(o);
            for (int c = 0; c < read; c++)
                for (int ky = 0; ky < kernel; ky++)
                    for (int kx = 0; kx < kernel; kx++)
                    {
                        int row = (y * stride) + ky - before, column = (x * stride) + kx - before;
                        if (row < 0 || column < 0 || row >= side || column >= side) continue;
                        sum += weight(o, c, ky, kx) * input[(o / written * read) + c][row][column];
                    }
            return relu6 ? Math.Min(Math.Max(sum, 0), 6) : sum;
        });
    }

    public static double[][][] Add(double[][][] a, double[][][] b) =>
        Map(a.Length, a[0].Length, (c, y, x) => a[c][y][x] + b[c][y][x]);

    public static double[][][] Mean(double[][][] a) =>
        Map(a.Length, 1, (c, _, _) => a[c].SelectMany(row => row).Average());

    public static double[][][] Map(int channels, int side, Func<int, int, int, double> value) =>
        [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, side).Select(y =>
            Enumerable.Range(0, side).Select(x => value(c, y, x)).ToArray()).ToArray())];
}
