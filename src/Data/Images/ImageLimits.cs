namespace Starling.Data.Images;

/// <summary>Limits that are checked before memory for pixels is allocated.</summary>
public static class ImageLimits
{
    /// <summary>
    /// The most pixels that an image may have. Above this number (2 * 89,478,485) Pillow refuses an image as a
    /// decompression bomb.
    /// </summary>
    public const long MaxPixels = 178_956_970;

    /// <summary>Refuses an image by its size.</summary>
    /// <exception cref="ImageDecodeException">The image is empty, or above <see cref="MaxPixels"/>.</exception>
    internal static void Check(int width, int height)
    {
        if (width <= 0 || height <= 0) throw new ImageDecodeException($"the image is empty ({width}x{height})");
        if ((long)width * height > MaxPixels)
            throw new ImageDecodeException($"{width}x{height} pixels are above the limit of {MaxPixels}");
    }
}
