using Starling.Data.Images;

namespace Starling.Data.Tests.Grids;

/// <summary>The smallest box around the ink in a part of an image, from the first to the last pixel.</summary>
internal readonly record struct InkBox(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left + 1;

    public int Height => Bottom - Top + 1;

    /// <summary>Finds the box of all pixels darker than half; null if there is none.</summary>
    public static InkBox? Dark(RgbImage image, int left, int top, int right, int bottom) =>
        Of(image, left, top, right, bottom, (r, g, b) => r < 128 && g < 128 && b < 128);

    /// <summary>Finds the box of all pixels of one color; null if there is none.</summary>
    public static InkBox? Coloured(
        RgbImage image, int left, int top, int right, int bottom, (byte R, byte G, byte B) colour) =>
        Of(image, left, top, right, bottom, (r, g, b) => (r, g, b) == colour);

    private static InkBox? Of(
        RgbImage image, int left, int top, int right, int bottom, Func<byte, byte, byte, bool> isInk)
    {
        InkBox? box = null;
        for (int y = Math.Max(0, top); y < Math.Min(image.Height, bottom); y++)
            for (int x = Math.Max(0, left); x < Math.Min(image.Width, right); x++)
            {
                int at = ((y * image.Width) + x) * 3;
                if (!isInk(image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2])) continue;
                box = box is not { } b
                    ? new InkBox(x, y, x, y)
                    : new InkBox(Math.Min(b.Left, x), b.Top, Math.Max(b.Right, x), y);
            }
        return box;
    }
}
