using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;
using Starling.Data.Images;

namespace Starling.Data.Grids;

/// <summary>
/// Draws curves over one variable as an image: axes with ticks, a grid, and a legend below. Color-blind readers can
/// tell the colors apart, and markers and dashes differ in black and white. A chart belongs to one thread; several
/// threads may draw charts of their own at the same time.
/// </summary>
public sealed class CurveChart : IDisposable
{
    /// <summary>Width of the image in pixels.</summary>
    public const int Width = 960;

    /// <summary>Height without the legend's lines, in pixels.</summary>
    public const int PlotHeight = 580;

    /// <summary>Height of each curve's line in the legend, in pixels.</summary>
    public const int LegendLine = 26;

    /// <summary>Sizes of the title and of all other texts, in pixels.</summary>
    internal const float TitleSize = 22, TextSize = 17;

    private const float CurveWidth = 2.5f, MarkerSize = 11, SymbolWidth = 56, NameWidth = 700, Gap = 12;
    private const double TickDensity = 0.6;

    // The colors are those of Okabe and Ito, which color-blind readers can tell apart. Gray replaces their black,
    // because the axes are black. Olive replaces their yellow, because yellow is hard to see on white.
    private static readonly Color[] Colors =
    [
        new(0, 114, 178), new(213, 94, 0), new(0, 158, 115), new(204, 121, 167),
        new(230, 159, 0), new(86, 180, 233), new(90, 90, 90), new(150, 130, 0),
    ];

    // There are seven shapes and eight colors, so that the first 56 styles all differ.
    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.Eks, MarkerShape.OpenCircle,
    ];

    private static readonly LinePattern Dashes = new([9, 6], 0, "dashes");

    private readonly float _drop = MeasureDrop();
    private readonly LegendPanel _legend;

    /// <summary>Begins a chart without curves.</summary>
    /// <param name="title">A line above the chart.</param>
    /// <param name="xLabel">What runs along the horizontal axis, and in which unit.</param>
    /// <param name="yLabel">What runs along the vertical axis, and in which unit.</param>
    /// <exception cref="StarlingException">The font's file is missing or damaged.</exception>
    public CurveChart(string title, string xLabel, string yLabel)
    {
        // ScottPlot gives this font to every label that any thread makes from now on. All charts set the same one.
        Fonts.DefaultFontStyle = LabelFont.Typeface;
        Plot = new Plot();
        // ScottPlot must not clear the canvas, because it would turn the margin around the chart black.
        Plot.RenderManager.ClearCanvasBeforeEachRender = false;
        Plot.Title(title, TitleSize);
        Plot.XLabel(xLabel, TextSize);
        Plot.YLabel(yLabel, TextSize);
        foreach (IAxis axis in Plot.Axes.GetAxes()) axis.TickLabelStyle.FontSize = TextSize;
        Plot.Axes.Left.TickLabelStyle.OffsetY = _drop;
        Plot.Axes.Left.TickGenerator = new NumericAutomatic { TickDensity = TickDensity };

        _legend = Plot.ShowLegend(Edge.Bottom);
        _legend.Alignment = Alignment.MiddleLeft;
        _legend.Padding = new PixelPadding(0, Gap);
        Legend legend = _legend.Legend;
        legend.Orientation = Orientation.Vertical;
        legend.DisplayPlottableLegendItems = false;
        legend.SymbolWidth = SymbolWidth;
        legend.SymbolPadding = Gap;
        legend.OutlineWidth = 0;
        legend.ShadowColor = ScottPlot.Colors.Transparent;
    }

    /// <summary>The chart in ScottPlot's terms, for tests that ask where a value was drawn.</summary>
    internal Plot Plot { get; }

    /// <summary>Adds a curve.</summary>
    /// <param name="name">The curve's name in the legend. A long name is cut, with an ellipsis.</param>
    /// <param name="points">The curve's points, x ascending. The chart joins and marks them.</param>
    /// <param name="style">Number of color and marker, from 0. Curves that belong together share a number.</param>
    /// <param name="dashed">Whether the curve's line is dashed.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public void Add(string name, IReadOnlyList<(double X, double Y)> points, int style = 0, bool dashed = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(style);
        if (points.Count == 0) throw new ArgumentException("a curve needs points", nameof(points));
        Scatter curve = Plot.Add.Scatter(
            points.Select(p => p.X).ToArray(), points.Select(p => p.Y).ToArray(), Colors[style % Colors.Length]);
        curve.LineWidth = CurveWidth;
        curve.LinePattern = dashed ? Dashes : LinePattern.Solid;
        curve.MarkerShape = Markers[style % Markers.Length];
        curve.MarkerSize = MarkerSize;
        curve.MarkerLineWidth = CurveWidth;
        using SKFont font = LabelFont.OfSize(TextSize);
        LegendItem item = new()
        {
            LabelText = LabelFont.Fit(name, NameWidth, font),
            LineStyle = curve.LineStyle,
            MarkerStyle = curve.MarkerStyle,
        };
        item.LabelStyle.FontSize = TextSize;
        item.LabelStyle.OffsetY = _drop;
        _legend.Legend.ManualItems.Add(item);
    }

    /// <summary>Draws the chart.</summary>
    /// <exception cref="InvalidOperationException">There is no curve.</exception>
    public RgbImage Render()
    {
        int curves = _legend.Legend.ManualItems.Count;
        if (curves == 0) throw new InvalidOperationException("a chart needs curves");
        int height = PlotHeight + (curves * LegendLine);
        return CanvasImage.Draw(Width, height,
            canvas => Plot.Render(canvas, new PixelRect(Gap, Width - Gap, height - Gap, Gap)));
    }

    /// <inheritdoc/>
    public void Dispose() => Plot.Dispose();

    // ScottPlot centers a text by the font's lowest glyph, which lies far below the letters of this font. The drop
    // moves the middle of the capital letters back to the tick or the symbol.
    private static float MeasureDrop()
    {
        using SKFont font = LabelFont.OfSize(TextSize);
        SKFontMetrics metrics = font.Metrics;
        return metrics.Bottom + ((metrics.CapHeight - font.Spacing) / 2);
    }
}
