using SkiaSharp;
using Starling.Data.Images;

namespace Starling.Data.Grids;

/// <summary>Makes images by drawing on a canvas of Skia.</summary>
internal static class CanvasImage
{
    /// <summary>Makes an image by drawing on a white background.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="draw">Draws on the given canvas, whose unit is one pixel.</param>
    public static RgbImage Draw(int width, int height, Action<SKCanvas> draw)
    {
        using SKBitmap bitmap = new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (SKCanvas canvas = new(bitmap))
        {
            canvas.Clear(SKColors.White);
            draw(canvas);
        }
        RgbImage image = RgbImage.Blank(width, height);
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; to < image.Pixels.Length; from += 4, to += 3)
            rgba.Slice(from, 3).CopyTo(image.Pixels.AsSpan(to));
        return image;
    }
}
