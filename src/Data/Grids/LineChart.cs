using SkiaSharp;
using Starling.Data.Images;

namespace Starling.Data.Grids;

/// <summary>
/// Curves over one variable as an image: axes with ticks, a grid, markers, and a legend below. Lines are Skia's, texts
/// the program's own <see cref="PixelFont"/>.
/// </summary>
/// <param name="Title">A line above the chart.</param>
/// <param name="XLabel">What runs along the horizontal axis.</param>
/// <param name="YLabel">What runs along the vertical axis; written above it.</param>
/// <param name="Series">The curves.</param>
public sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>Width of the image in pixels.</summary>
    public const int Width = 960;

    /// <summary>Height without the legend, in pixels.</summary>
    public const int PlotHeight = 560;

    /// <summary>Height of each curve's line in the legend, in pixels.</summary>
    public const int LegendLine = 24;

    private const int Font = 2, Left = 96, Right = 32, Top = 80, Bottom = 72, Sample = 48, Margin = 12;
    private const byte Ink = 32;
    private const float Radius = 4, Stroke = 2.5f;

    // Okabe and Ito's colours, which colour-blind readers can tell apart.
    private static readonly SKColor[] Colours =
    [
        new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167),
        new(230, 159, 0), new(86, 180, 233), new(90, 90, 90), new(150, 130, 0),
    ];

    /// <summary>Draws the chart.</summary>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public RgbImage Render()
    {
        (double X, double Y)[] points = [.. Series.SelectMany(s => s.Points)];
        if (points.Length == 0) throw new ArgumentException("a chart needs points", nameof(Series));
        ChartAxis x = ChartAxis.For([.. points.Select(p => p.X)]), y = ChartAxis.For([.. points.Select(p => p.Y)]);
        using SKBitmap bitmap = new(
            Width, PlotHeight + (Series.Count * LegendLine), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (SKCanvas canvas = new(bitmap))
        {
            canvas.Clear(SKColors.White);
            Grid(canvas, x, y);
            for (int i = 0; i < Series.Count; i++) Curve(canvas, Series[i], x, y, i);
        }
        RgbImage image = ToImage(bitmap);
        Texts(image, x, y);
        return image;
    }

    private static float PlaceX(ChartAxis axis, double x) => Left + (float)(axis.Share(x) * (Width - Left - Right));

    private static float PlaceY(ChartAxis axis, double y) =>
        PlotHeight - Bottom - (float)(axis.Share(y) * (PlotHeight - Top - Bottom));

    private static int LegendTop(int series) => PlotHeight + (series * LegendLine);

    private static void Grid(SKCanvas canvas, ChartAxis x, ChartAxis y)
    {
        using SKPaint line = new() { Color = new SKColor(220, 220, 220), StrokeWidth = 1 };
        using SKPaint frame = new() { Color = new SKColor(Ink, Ink, Ink), StrokeWidth = 1, IsStroke = true };
        foreach (double tick in x.Ticks)
            canvas.DrawLine(PlaceX(x, tick), PlaceY(y, y.From), PlaceX(x, tick), PlaceY(y, y.To), line);
        foreach (double tick in y.Ticks)
            canvas.DrawLine(PlaceX(x, x.From), PlaceY(y, tick), PlaceX(x, x.To), PlaceY(y, tick), line);
        canvas.DrawRect(SKRect.Create(Left, Top, Width - Left - Right, PlotHeight - Top - Bottom), frame);
    }

    private static void Curve(SKCanvas canvas, ChartSeries series, ChartAxis x, ChartAxis y, int number)
    {
        SKColor colour = Colours[series.Colour % Colours.Length];
        using SKPathEffect? dashes = series.Dashed ? SKPathEffect.CreateDash([9, 6], 0) : null;
        using SKPaint line = new()
        {
            Color = colour, StrokeWidth = Stroke, IsStroke = true, IsAntialias = true, PathEffect = dashes,
        };
        using SKPaint marker = new() { Color = colour, IsAntialias = true };
        SKPoint[] points = [.. series.Points.Select(p => new SKPoint(PlaceX(x, p.X), PlaceY(y, p.Y)))];
        for (int i = 1; i < points.Length; i++) canvas.DrawLine(points[i - 1], points[i], line);
        foreach (SKPoint point in points) canvas.DrawCircle(point, Radius, marker);
        float middle = LegendTop(number) + (PixelFont.Height * Font / 2f);
        canvas.DrawLine(Left, middle, Left + Sample, middle, line);
        canvas.DrawCircle(Left + (Sample / 2f), middle, Radius, marker);
    }

    private void Texts(RgbImage image, ChartAxis x, ChartAxis y)
    {
        const int line = PixelFont.Height * Font;
        Write(Title, Left, Margin, Width - Left);
        Write(YLabel, Margin, Top - line - Margin - Margin, Width);
        Write(XLabel, Left, PlotHeight - line - Margin - Margin, Width - Left);
        foreach (double tick in x.Ticks)
            Write(ChartAxis.Text(tick), (int)PlaceX(x, tick) - (Measure(ChartAxis.Text(tick)) / 2),
                PlotHeight - Bottom + Margin, Width);
        foreach (double tick in y.Ticks)
            Write(ChartAxis.Text(tick), Left - Margin - Measure(ChartAxis.Text(tick)),
                (int)PlaceY(y, tick) - (line / 2), Left);
        for (int i = 0; i < Series.Count; i++)
            Write(Series[i].Name, Left + Sample + Margin, LegendTop(i), Width - Left - Sample - Margin);

        static int Measure(string text) => PixelFont.Measure(text, Font);

        void Write(string text, int left, int top, int width) =>
            PixelFont.Draw(image, PixelFont.Fit(text, width, Font), left, top, Font, Ink);
    }

    private static RgbImage ToImage(SKBitmap bitmap)
    {
        RgbImage image = RgbImage.Blank(bitmap.Width, bitmap.Height);
        ReadOnlySpan<byte> rgba = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; to < image.Pixels.Length; from += 4, to += 3)
            rgba.Slice(from, 3).CopyTo(image.Pixels.AsSpan(to));
        return image;
    }
}
