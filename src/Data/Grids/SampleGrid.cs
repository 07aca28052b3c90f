using SkiaSharp;
using Starling.Data.Images;

namespace Starling.Data.Grids;

/// <summary>
/// Lays images out in labeled rows as one image, to show the samples of a run. Several threads may draw grids at the
/// same time.
/// </summary>
public static class SampleGrid
{
    private const int Gap = 2, Margin = 8, SmallestText = 13, LargestText = 26;

    // A label is at most twelve times as wide as its letters are high. Letters are a fifth as high as an image.
    private const int LabelShare = 12;
    private const float TextShare = 0.2f;
    private static readonly SKColor Ink = new(32, 32, 32);

    /// <summary>Draws a grid.</summary>
    /// <param name="rows">A row of images for each label. All images have one size.</param>
    /// <param name="labels">
    /// A text for each row, to its left. A text over about 20 letters is cut, with an ellipsis.
    /// </param>
    /// <param name="columns">
    /// Number of images side by side, at least 1. A longer row continues on the next line.
    /// </param>
    /// <param name="scale">Each pixel becomes a square with this side, at least 1.</param>
    /// <param name="title">A line above the grid; null or empty for none. A long title widens the grid.</param>
    /// <exception cref="ArgumentException">
    /// There is no image, there is not one label for each row, or the images have several sizes.
    /// </exception>
    /// <exception cref="StarlingException">The font's file is missing or damaged.</exception>
    public static RgbImage Render(
        IReadOnlyList<IReadOnlyList<RgbImage>> rows, IReadOnlyList<string> labels, int columns, int scale = 1,
        string? title = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        if (rows.Count != labels.Count)
            throw new ArgumentException($"{labels.Count} labels for {rows.Count} rows", nameof(labels));
        RgbImage first = rows.SelectMany(row => row).FirstOrDefault()
            ?? throw new ArgumentException("there is no image", nameof(rows));
        if (rows.SelectMany(row => row).Any(image => (image.Width, image.Height) != (first.Width, first.Height)))
            throw new ArgumentException($"the images are not all of {first.Width}x{first.Height}", nameof(rows));

        using SKFont font = LabelFont.OfSize(
            Math.Clamp(MathF.Round(first.Height * scale * TextShare), SmallestText, LargestText));
        string[] texts = [.. labels.Select(label => LabelFont.Fit(label, LabelShare * font.Size, font))];
        int lineHeight = (int)MathF.Ceiling(font.Spacing);
        int cellWidth = (first.Width * scale) + Gap;
        int cellHeight = Math.Max(first.Height * scale, lineHeight) + Gap;
        int widest = (int)MathF.Ceiling(texts.Max(text => font.MeasureText(text)));
        int labelWidth = widest == 0 ? 0 : widest + Margin;
        int titleHeight = string.IsNullOrEmpty(title) ? 0 : lineHeight + Margin;
        int titleWidth = titleHeight == 0 ? 0 : (int)MathF.Ceiling(font.MeasureText(title));
        int lines = rows.Sum(row => LinesOf(row, columns));
        int used = Math.Min(columns, rows.Max(row => row.Count));
        int[] tops = new int[rows.Count];
        for (int r = 0, top = Margin + titleHeight; r < rows.Count; top += LinesOf(rows[r], columns) * cellHeight, r++)
            tops[r] = top;

        RgbImage grid = CanvasImage.Draw(
            (2 * Margin) + Math.Max(titleWidth, labelWidth + (used * cellWidth) - Gap),
            (2 * Margin) + titleHeight + (lines * cellHeight) - Gap,
            canvas =>
            {
                using SKPaint ink = new() { Color = Ink, IsAntialias = true };
                if (titleHeight > 0) Write(title!, Margin, lineHeight);
                for (int r = 0; r < texts.Length; r++) Write(texts[r], tops[r], cellHeight - Gap);

                // The baseline puts the middle of the capital letters at the middle of the height.
                void Write(string text, int top, int height) => canvas.DrawText(text, Margin,
                    MathF.Round(top + ((height + font.Metrics.CapHeight) / 2)), SKTextAlign.Left, font, ink);
            });
        for (int r = 0; r < rows.Count; r++)
            for (int i = 0; i < rows[r].Count; i++)
                Place(grid, rows[r][i], Margin + labelWidth + (i % columns * cellWidth),
                    tops[r] + (i / columns * cellHeight), scale);
        return grid;
    }

    private static int LinesOf(IReadOnlyList<RgbImage> row, int columns) =>
        Math.Max(1, (row.Count + columns - 1) / columns);

    private static void Place(RgbImage grid, RgbImage image, int left, int top, int scale)
    {
        for (int y = 0; y < image.Height * scale; y++)
        {
            Span<byte> line = grid.Pixels.AsSpan((((top + y) * grid.Width) + left) * 3, image.Width * scale * 3);
            ReadOnlySpan<byte> source = image.Pixels.AsSpan(y / scale * image.Width * 3, image.Width * 3);
            for (int x = 0; x < image.Width * scale; x++) source.Slice(x / scale * 3, 3).CopyTo(line[(x * 3)..]);
        }
    }
}
