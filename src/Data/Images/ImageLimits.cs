namespace Starling.Data.Images;

/// <summary>Guards that hold before any pixel memory is taken.</summary>
public static class ImageLimits
{
    /// <summary>Most pixels an image may have: where Pillow refuses a decompression bomb (2 * 89,478,485).</summary>
    public const long MaxPixels = 178_956_970;

    /// <summary>Refuses a size that no training image has.</summary>
    /// <exception cref="ImageDecodeException">Empty, or above <see cref="MaxPixels"/>.</exception>
    internal static void Check(int width, int height)
    {
        if (width <= 0 || height <= 0) throw new ImageDecodeException($"the image is empty ({width}x{height})");
        if ((long)width * height > MaxPixels)
            throw new ImageDecodeException($"{width}x{height} pixels are above the limit of {MaxPixels}");
    }
}
