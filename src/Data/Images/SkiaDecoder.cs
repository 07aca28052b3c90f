using SkiaSharp;

namespace Starling.Data.Images;

/// <summary>
/// Decodes JPEG (CMYK too), PNG, WebP, GIF and BMP with SkiaSharp, which is always available. It manages no colors,
/// rotates nothing and never multiplies alpha in, so that pixels are those of Pillow for 8-bit images.
/// </summary>
public sealed class SkiaDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public string Name => "SkiaSharp";

    /// <inheritdoc/>
    public unsafe RgbImage Decode(ReadOnlySpan<byte> file)
    {
        bool jpeg = JpegMarkers.StartsJpeg(file);
        using SKData data = Wrap(file, jpeg);
        using SKCodec codec = SKCodec.Create(data) ?? throw new ImageDecodeException(
            file.IsEmpty ? "there are no bytes" : "the bytes are no image format that is known here");
        int width = codec.Info.Width, height = codec.Info.Height;
        ImageLimits.Check(width, height);

        // The request names no color space, so that Skia does not change the stored values.
        SKImageInfo info = new(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = GC.AllocateUninitializedArray<byte>(checked(width * height * 4));
        fixed (byte* pixels = rgba)
        {
            SKCodecResult result = codec.GetPixels(info, (nint)pixels);
            if (result != SKCodecResult.Success)
                throw new ImageDecodeException($"the {codec.EncodedFormat} data is damaged ({result})");
        }
        return new RgbImage(width, height, DropAlpha(rgba));
    }

    // With an end marker behind it, a JPEG that was cut short is decoded as far as it goes. Without one, Skia refuses
    // it.
    private static SKData Wrap(ReadOnlySpan<byte> file, bool jpeg)
    {
        if (!jpeg) return SKData.CreateCopy(file);
        SKData data = SKData.Create(file.Length + JpegMarkers.EndOfImage.Length);
        file.CopyTo(data.Span);
        JpegMarkers.EndOfImage.CopyTo(data.Span[file.Length..]);
        return data;
    }

    private static byte[] DropAlpha(byte[] rgba)
    {
        byte[] rgb = GC.AllocateUninitializedArray<byte>(rgba.Length / 4 * 3);
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
        return rgb;
    }
}
