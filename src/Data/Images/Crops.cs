namespace Starling.Data.Images;

/// <summary>
/// Makes the crops of the Python baselines, pixel for pixel: ADM's center crop (LlamaGen dataset/augmentation.py,
/// <c>center_crop_arr</c>), torchvision's TenCrop and RandomResizedCrop, and the mirror image.
/// </summary>
public static class Crops
{
    /// <summary>Number of crops in a ten-crop.</summary>
    public const int TenCropCount = 10;

    /// <summary>
    /// Cuts the center square with a side of <paramref name="size"/> pixels. A box filter halves the image while its
    /// shorter side is at least twice the size. Then a bicubic filter resizes the shorter side to the size, which
    /// enlarges a small image. The middle is cut out.
    /// </summary>
    /// <exception cref="ImageDecodeException">
    /// The image is so long and thin that it would pass the limit when it is resized.
    /// </exception>
    public static RgbImage Center(RgbImage image, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        while (Math.Min(image.Width, image.Height) >= 2 * size)
            image = Resampler.Resize(image, image.Width / 2, image.Height / 2, ResampleFilter.Box);
        double scale = size / (double)Math.Min(image.Width, image.Height);
        int width = RoundHalfEven(image.Width * scale), height = RoundHalfEven(image.Height * scale);
        ImageLimits.Check(width, height);
        image = Resampler.Resize(image, width, height, ResampleFilter.Bicubic);
        return Cut(image, (image.Width - size) / 2, (image.Height - size) / 2, size, size);
    }

    /// <summary>
    /// Cuts one of the ten crops: top-left, top-right, bottom-left, bottom-right, center, then the same five of the
    /// mirrored image.
    /// </summary>
    /// <param name="image">The image, at least <paramref name="size"/> on each side.</param>
    /// <param name="size">Side of the crop in pixels.</param>
    /// <param name="index">Number of the crop, 0..9.</param>
    public static RgbImage TenCrop(RgbImage image, int size, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, TenCropCount);
        RgbImage source = index < 5 ? image : Flip(image);
        int right = image.Width - size, bottom = image.Height - size;
        (int left, int top) = (index % 5) switch
        {
            0 => (0, 0),
            1 => (right, 0),
            2 => (0, bottom),
            3 => (right, bottom),
            _ => (RoundHalfEven(right / 2.0), RoundHalfEven(bottom / 2.0)),
        };
        return Cut(source, left, top, size, size);
    }

    /// <summary>
    /// Cuts <paramref name="crop"/> out and resizes it to a square, as torchvision's resized_crop does.
    /// </summary>
    public static RgbImage Resized(RgbImage image, CropRectangle crop, int size) =>
        Resampler.Resize(Cut(image, crop.Left, crop.Top, crop.Width, crop.Height), size, size, ResampleFilter.Bicubic);

    /// <summary>Copies a rectangle of the image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is not inside the image.</exception>
    public static RgbImage Cut(RgbImage image, int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left + width > image.Width || top + height > image.Height)
            throw new ArgumentOutOfRangeException(nameof(left),
                $"{width}x{height} at ({left},{top}) is not inside {image.Width}x{image.Height}");
        byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * 3);
        for (int y = 0; y < height; y++)
            image.Pixels.AsSpan((((top + y) * image.Width) + left) * 3, width * 3).CopyTo(pixels.AsSpan(y * width * 3));
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Mirrors an image left to right.</summary>
    public static RgbImage Flip(RgbImage image)
    {
        byte[] pixels = GC.AllocateUninitializedArray<byte>(image.Pixels.Length);
        int stride = image.Width * 3;
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> from = image.Pixels.AsSpan(y * stride, stride);
            Span<byte> to = pixels.AsSpan(y * stride, stride);
            for (int i = 0, j = stride - 3; i < stride; i += 3, j -= 3) from.Slice(i, 3).CopyTo(to[j..]);
        }
        return new RgbImage(image.Width, image.Height, pixels);
    }

    // The baselines use Python's round, which rounds halves to the even number.
    internal static int RoundHalfEven(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
