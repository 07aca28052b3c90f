using SkiaSharp;

namespace Starling.Data.Images;

/// <summary>Writes images as PNG files (8-bit RGB, lossless).</summary>
public static class PngWriter
{
    /// <summary>Encodes an image as the bytes of a PNG file.</summary>
    public static unsafe byte[] Encode(RgbImage image)
    {
        byte[] rgbx = new byte[checked(image.Width * image.Height * 4)];
        for (int from = 0, to = 0; to < rgbx.Length; from += 3, to += 4)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(rgbx.AsSpan(to));
            rgbx[to + 3] = 255;
        }
        fixed (byte* pixels = rgbx)
        {
            SKImageInfo info = new(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
            using SKPixmap pixmap = new(info, (nint)pixels);
            using SKData data = pixmap.Encode(SKPngEncoderOptions.Default)
                ?? throw new InvalidOperationException($"Skia encoded no {image.Width}x{image.Height} PNG");
            return data.ToArray();
        }
    }

    /// <summary>Writes an image to a file, and makes the file's folder if it is missing.</summary>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static void Write(string path, RgbImage image)
    {
        byte[] bytes = Encode(image);
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            // The file has its name only when it is whole: the process may be ended while it writes.
            string temporary = path + ".new";
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path}: cannot be written ({e.Message})", e);
        }
    }
}
