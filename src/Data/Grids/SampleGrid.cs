using Starling.Data.Images;

namespace Starling.Data.Grids;

/// <summary>Lays images out in labelled rows, as one image: what a run shows of its samples.</summary>
public static class SampleGrid
{
    private const byte Paper = 255, Ink = 32;
    private const int Gap = 2, Margin = 8, MaxLabelCharacters = 20;

    /// <summary>Renders a grid.</summary>
    /// <param name="rows">A row of images for each label; all images of one size.</param>
    /// <param name="labels">A text for each row, to its left; cut after 20 characters.</param>
    /// <param name="columns">Images side by side, from 1; a longer row goes on below itself.</param>
    /// <param name="scale">Each pixel becomes a square of this many, from 1.</param>
    /// <param name="title">A line above the grid; null or empty for none. Characters outside ASCII become '?'.</param>
    /// <exception cref="ArgumentException">No images, not one label a row, or images of several sizes.</exception>
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

        int font = Math.Max(1, first.Height * scale / 48);
        int cellWidth = (first.Width * scale) + Gap;
        int cellHeight = Math.Max((first.Height * scale) + Gap, (PixelFont.Height * font) + Gap);
        int labelCharacters = Math.Min(labels.Max(label => label.Length), MaxLabelCharacters);
        int labelWidth = labelCharacters == 0 ? 0 : (labelCharacters * PixelFont.Advance * font) + Margin;
        int titleHeight = string.IsNullOrEmpty(title) ? 0 : (PixelFont.Height * font) + Margin;
        int lines = rows.Sum(row => LinesOf(row, columns));
        int used = Math.Min(columns, rows.Max(row => row.Count));

        RgbImage grid = RgbImage.Blank((2 * Margin) + labelWidth + (used * cellWidth) - Gap,
            (2 * Margin) + titleHeight + (lines * cellHeight) - Gap);
        grid.Pixels.AsSpan().Fill(Paper);
        int right = grid.Width - (2 * Margin);
        if (titleHeight > 0) PixelFont.Draw(grid, PixelFont.Fit(title!, right, font), Margin, Margin, font, Ink);

        int top = Margin + titleHeight;
        for (int r = 0; r < rows.Count; r++)
        {
            PixelFont.Draw(grid, PixelFont.Fit(labels[r], labelWidth, font), Margin,
                top + ((cellHeight - Gap - (PixelFont.Height * font)) / 2), font, Ink);
            for (int i = 0; i < rows[r].Count; i++)
                Place(grid, rows[r][i], Margin + labelWidth + (i % columns * cellWidth),
                    top + (i / columns * cellHeight), scale);
            top += LinesOf(rows[r], columns) * cellHeight;
        }
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
