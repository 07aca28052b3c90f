using System.Buffers;

namespace Starling.Data.Images;

/// <summary>
/// Resizes images with antialiasing, byte for byte as Pillow's <c>Image.resize</c> does: in a horizontal and a vertical
/// pass with 22-bit fixed-point weights, rounded and clipped to bytes after each pass. Pixels are computed with
/// integers only, so that the result does not depend on the processor.
/// </summary>
public static class Resampler
{
    /// <summary>Resizes an image, or the part of it in <paramref name="box"/>.</summary>
    /// <param name="image">The image, which is not changed.</param>
    /// <param name="width">Width of the result in pixels.</param>
    /// <param name="height">Height of the result in pixels.</param>
    /// <param name="filter">The filter. It is widened by the scale when the image shrinks.</param>
    /// <param name="box">
    /// The part to take; null for the whole image. Pixels around the part still count if the filter reaches them.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the box is outside the image.</exception>
    public static RgbImage Resize(
        RgbImage image, int width, int height, ResampleFilter filter, ResampleBox? box = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ResampleBox part = box ?? ResampleBox.Whole(image);
        if (part.Left < 0 || part.Top < 0 || part.Right > image.Width || part.Bottom > image.Height
            || part.Right <= part.Left || part.Bottom <= part.Top)
            throw new ArgumentOutOfRangeException(nameof(box), part, $"not inside {image.Width}x{image.Height}");

        bool horizontal = width != image.Width || part.Left != 0 || part.Right != image.Width;
        bool vertical = height != image.Height || part.Top != 0 || part.Bottom != image.Height;
        if (!horizontal && !vertical) return new RgbImage(image.Width, image.Height, (byte[])image.Pixels.Clone());

        byte[] result = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        if (!vertical)
        {
            AcrossRows(image.Pixels, image.Width, 0, height, result,
                ResampleWeights.Create(image.Width, part.Left, part.Right, width, filter));
            return new RgbImage(width, height, result);
        }

        ResampleWeights down = ResampleWeights.Create(image.Height, part.Top, part.Bottom, height, filter);
        if (!horizontal)
        {
            DownColumns(image.Pixels, width, 0, result, down);
            return new RgbImage(width, height, result);
        }

        // The horizontal pass computes only the rows that the vertical pass will read.
        int first = down.Start[0], rows = down.Start[^1] + down.Count[^1] - first;
        byte[] middle = ArrayPool<byte>.Shared.Rent(checked(width * rows * 3));
        AcrossRows(image.Pixels, image.Width, first, rows, middle,
            ResampleWeights.Create(image.Width, part.Left, part.Right, width, filter));
        DownColumns(middle, width, first, result, down);
        ArrayPool<byte>.Shared.Return(middle);
        return new RgbImage(width, height, result);
    }

    private static void AcrossRows(
        ReadOnlySpan<byte> source, int sourceWidth, int firstRow, int rows, Span<byte> target, ResampleWeights weights)
    {
        int width = weights.Start.Length;
        for (int y = 0; y < rows; y++)
        {
            ReadOnlySpan<byte> line = source.Slice((firstRow + y) * sourceWidth * 3, sourceWidth * 3);
            Span<byte> output = target.Slice(y * width * 3, width * 3);
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<int> taps = weights.Weights.AsSpan(x * weights.Taps, weights.Count[x]);
                ReadOnlySpan<byte> input = line.Slice(weights.Start[x] * 3, taps.Length * 3);
                int red = Half, green = Half, blue = Half;
                for (int k = 0, i = 0; k < taps.Length; k++, i += 3)
                {
                    int weight = taps[k];
                    red += input[i] * weight;
                    green += input[i + 1] * weight;
                    blue += input[i + 2] * weight;
                }
                output[x * 3] = Clip(red);
                output[(x * 3) + 1] = Clip(green);
                output[(x * 3) + 2] = Clip(blue);
            }
        }
    }

    private static void DownColumns(
        ReadOnlySpan<byte> source, int width, int firstRow, Span<byte> target, ResampleWeights weights)
    {
        int stride = width * 3;
        int[] sums = ArrayPool<int>.Shared.Rent(stride);
        Span<int> row = sums.AsSpan(0, stride);
        for (int y = 0; y < weights.Start.Length; y++)
        {
            row.Fill(Half);
            for (int k = 0; k < weights.Count[y]; k++)
            {
                int weight = weights.Weights[(y * weights.Taps) + k];
                ReadOnlySpan<byte> line = source.Slice((weights.Start[y] - firstRow + k) * stride, stride);
                for (int i = 0; i < line.Length; i++) row[i] += line[i] * weight;
            }
            Span<byte> output = target.Slice(y * stride, stride);
            for (int i = 0; i < output.Length; i++) output[i] = Clip(row[i]);
        }
        ArrayPool<int>.Shared.Return(sums);
    }

    private const int Half = 1 << (ResampleWeights.Bits - 1);

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.Bits, 0, 255);
}
