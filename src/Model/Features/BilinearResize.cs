// B: images, C: channels, H, W: rows and columns, S: side of the result
using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>
/// Resizes float images to a square with a bilinear filter. Pixel centers lie at one half, and the filter is widened
/// when it shrinks an image (antialiasing). <see cref="Data.Images.Resampler"/> does the same to bytes; this class does
/// not round. It multiplies by a small matrix along each axis, so that the result does not depend on the kernel that
/// libtorch chooses.
/// </summary>
internal static class BilinearResize
{
    /// <summary>Resizes images [B, C, H, W] to [B, C, S, S].</summary>
    public static Tensor To(Tensor x_BCHW, int size)
    {
        using var scope = NewDisposeScope();
        Tensor rows_SH = Matrix(x_BCHW.shape[2], size, x_BCHW.device);
        Tensor columns_SW = Matrix(x_BCHW.shape[3], size, x_BCHW.device);
        return rows_SH.matmul(x_BCHW).matmul(columns_SW.t()).MoveToOuterDisposeScope();
    }

    private static Tensor Matrix(long from, int to, Device device)
    {
        double scale = from / (double)to, width = Math.Max(scale, 1);
        float[] weights = new float[to * from];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            double[] row = [.. Enumerable.Range(0, (int)from)
                .Select(j => Math.Max(0, 1 - (Math.Abs(j + 0.5 - centre) / width)))];
            double sum = row.Sum();
            for (int j = 0; j < from; j++) weights[(i * from) + j] = (float)(row[j] / sum);
        }
        return tensor(weights, device: device).view(to, from);
    }
}
