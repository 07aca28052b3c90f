namespace Starling.Data.Images;

/// <summary>An 8-bit RGB image in memory: rows from the top, three bytes a pixel (H, W, 3).</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">Exactly <c>height * width * 3</c> bytes. The image keeps and uses this array.</param>
    /// <exception cref="ArgumentException">The length does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes for {width}x{height} RGB pixels", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes, row by row, R G B for each pixel.</summary>
    public byte[] Pixels { get; }

    /// <summary>Makes a black image of the given size.</summary>
    public static RgbImage Blank(int width, int height) => new(width, height, new byte[checked(width * height * 3)]);

    /// <summary>Makes an image from planes (3, H, W), the form in which batches and tensors hold images.</summary>
    public static RgbImage FromPlanes(ReadOnlySpan<byte> planes, int width, int height)
    {
        RgbImage image = Blank(width, height);
        int area = width * height;
        for (int i = 0; i < area; i++)
            for (int c = 0; c < 3; c++)
                image.Pixels[(i * 3) + c] = planes[(c * area) + i];
        return image;
    }

    /// <summary>Writes the image as planes (3, H, W).</summary>
    /// <param name="planes">Receives exactly <c>3 * H * W</c> bytes.</param>
    public void CopyToPlanes(Span<byte> planes)
    {
        int area = Width * Height;
        Span<byte> red = planes[..area], green = planes.Slice(area, area), blue = planes.Slice(2 * area, area);
        ReadOnlySpan<byte> source = Pixels;
        for (int i = 0, j = 0; i < area; i++, j += 3)
        {
            red[i] = source[j];
            green[i] = source[j + 1];
            blue[i] = source[j + 2];
        }
    }
}
