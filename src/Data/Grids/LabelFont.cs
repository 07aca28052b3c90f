using SkiaSharp;

namespace Starling.Data.Grids;

/// <summary>
/// The font of all texts in images: DejaVu Sans, from the program's own files. This build of SkiaSharp needs no system
/// libraries and has no fonts, and the machine may have none either. Several threads may use every member.
/// </summary>
internal static class LabelFont
{
    private const string FontFile = "assets/fonts/DejaVuSans.ttf";
    private const string Ellipsis = "…";

    private static readonly Lazy<SKTypeface> Loaded = new(() => Load(Path.Combine(AppContext.BaseDirectory, FontFile)));

    /// <summary>The typeface. There is one for the whole process, which is never disposed.</summary>
    /// <exception cref="StarlingException">The font's file is missing or damaged.</exception>
    public static SKTypeface Typeface => Loaded.Value;

    /// <summary>
    /// Makes the font at a size in pixels. Capital letters are 0.73 times as high. The caller disposes the font.
    /// </summary>
    /// <exception cref="StarlingException">The font's file is missing or damaged.</exception>
    public static SKFont OfSize(float size) => new(Typeface, size)
    {
        Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.Slight, Subpixel = true,
    };

    /// <summary>Cuts a text to a width in pixels. A text that was cut ends in an ellipsis.</summary>
    public static string Fit(string text, float width, SKFont font)
    {
        if (font.MeasureText(text) <= width) return text;
        int characters = font.BreakText(text, Math.Max(0, width - font.MeasureText(Ellipsis)));
        // The cut must not leave half of a surrogate pair, which would be drawn as an unknown character.
        if (characters > 0 && char.IsHighSurrogate(text[characters - 1])) characters--;
        return text[..characters].TrimEnd() + Ellipsis;
    }

    /// <summary>Reads a font's file.</summary>
    /// <exception cref="StarlingException">The file is missing or damaged.</exception>
    public static SKTypeface Load(string path) =>
        (File.Exists(path) ? SKTypeface.FromFile(path) : null) ?? throw new StarlingException(
            $"{path}: the font of labels is missing or damaged; install the program again");
}
