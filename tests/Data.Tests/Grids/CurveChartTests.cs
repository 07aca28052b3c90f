using ScottPlot;
using SkiaSharp;
using Starling.Data.Grids;
using Starling.Data.Images;

namespace Starling.Data.Tests.Grids;

public sealed class CurveChartTests
{
    private static readonly (byte, byte, byte) Blue = (0, 114, 178), Red = (213, 94, 0);

    [Fact]
    public void A_chart_has_its_size_white_margins_and_survives_the_file()
    {
        using CurveChart chart = Chart(("one", [(8, 10), (16, 20)]), ("other", [(8, 20), (16, 10)]));
        RgbImage image = chart.Render();
        Assert.Equal(
            (CurveChart.Width, CurveChart.PlotHeight + (2 * CurveChart.LegendLine)), (image.Width, image.Height));
        Assert.Equal(image.Pixels, ImageDecoder.Default.Decode(PngWriter.Encode(image)).Pixels);
        byte[] edge = image.Pixels[..(image.Width * 3)];
        Assert.All(edge, value => Assert.Equal(255, value));
    }

    [Fact]
    public void A_curve_goes_through_its_points_and_straight_between_them()
    {
        (double X, double Y)[] points = [(8, 10), (16, 20), (64, 60)];
        using CurveChart chart = Chart(("rising", points));
        RgbImage image = chart.Render();
        (double, double)[] on = [.. points, (12, 15), (40, 40)], off = [(12, 20), (40, 30), (64, 10)];
        Assert.All(on, point => Assert.Equal(Blue, Colour(image, chart.Plot, point)));
        Assert.All(off, point => Assert.NotEqual(Blue, Colour(image, chart.Plot, point)));
        // All points lie between the axes. Values grow to the right and upward.
        PixelRect data = chart.Plot.RenderManager.LastRender.DataRect;
        Assert.All(points, p => Assert.True(data.Contains(chart.Plot.GetPixel(new Coordinates(p.X, p.Y)))));
        Pixel first = chart.Plot.GetPixel(new Coordinates(8, 10)), last = chart.Plot.GetPixel(new Coordinates(64, 60));
        Assert.True(last.X - first.X > 600);
        Assert.True(first.Y - last.Y > 300);
    }

    [Fact]
    public void Styles_differ_in_colour_and_in_marker()
    {
        using CurveChart chart = new("", "", "");
        chart.Add("round", [(0, 0), (10, 0)], style: 0);
        chart.Add("square", [(0, 5), (10, 5)], style: 1);
        RgbImage image = chart.Render();
        Assert.Equal(Blue, Colour(image, chart.Plot, (5, 0)));
        Assert.Equal(Red, Colour(image, chart.Plot, (5, 5)));
        // The square covers its corners, and the circle does not.
        Assert.NotEqual(Blue, Colour(image, chart.Plot, (10, 0), 5, 5));
        Assert.Equal(Red, Colour(image, chart.Plot, (10, 5), 4, 4));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dashed_line_has_gaps_and_a_solid_one_has_none(bool dashed)
    {
        using CurveChart chart = new("", "", "");
        chart.Add("flat", [(0, 0), (10, 0)], 0, dashed);
        RgbImage image = chart.Render();
        Pixel from = chart.Plot.GetPixel(new Coordinates(1, 0)), to = chart.Plot.GetPixel(new Coordinates(9, 0));
        int ink = Enumerable.Range((int)from.X, 600).Count(x => At(image, x, (int)from.Y) == Blue);
        Assert.True(to.X - from.X > 600);
        Assert.InRange(ink, dashed ? 300 : 600, dashed ? 400 : 600);
    }

    [Theory]
    [InlineData("a title", "time, h", "loss, nats")]
    [InlineData("another and longer title", "position in the sequence, tokens", "accuracy, %")]
    public void Title_and_axis_labels_stand_in_their_places_as_wide_as_their_texts(string title, string x, string y)
    {
        using CurveChart chart = new(title, x, y);
        chart.Add("one", [(0, 0), (10, 6)]);
        RgbImage image = chart.Render();
        PixelRect data = chart.Plot.RenderManager.LastRender.DataRect;
        int top = (int)data.Top, bottom = (int)data.Bottom;
        InkBox above = Assert.NotNull(InkBox.Dark(image, 0, 0, image.Width, top - 1));
        InkBox legend = Legend(image, bottom, Blue);
        // The numbers of the ticks lie nearest to the axes.
        InkBox below = Assert.NotNull(InkBox.Dark(image, 0, bottom + 24, image.Width, legend.Top - 8));
        InkBox beside = Assert.NotNull(InkBox.Dark(image, 0, 0, 34, legend.Top - 60));
        AssertWide(title, CurveChart.TitleSize, above.Width);
        AssertWide(x, CurveChart.TextSize, below.Width);
        AssertWide(y, CurveChart.TextSize, beside.Height);
        float middle = (data.Left + data.Right) / 2;
        Assert.InRange((above.Left + above.Right) / 2f, middle - 3, middle + 3);
        Assert.InRange((below.Left + below.Right) / 2f, middle - 3, middle + 3);
    }

    [Fact]
    public void Ticks_are_numbered_level_with_their_values()
    {
        using CurveChart chart = Chart(("one", [(0, 0), (10, 10)]));
        RgbImage image = chart.Render();
        PixelRect data = chart.Plot.RenderManager.LastRender.DataRect;
        foreach (Tick tick in chart.Plot.Axes.Left.TickGenerator.Ticks.Where(t => t.IsMajor))
        {
            int y = (int)chart.Plot.GetPixel(new Coordinates(0, tick.Position)).Y;
            InkBox number = Assert.NotNull(InkBox.Dark(image, 0, y - 12, (int)data.Left - 6, y + 12));
            Assert.InRange((number.Top + number.Bottom) / 2f, y - 1.5f, y + 1.5f);
            AssertWide(tick.Label, CurveChart.TextSize, number.Width);
        }
    }

    [Fact]
    public void The_legend_names_each_curve_beside_its_line()
    {
        using CurveChart chart = new("", "", "");
        chart.Add("short", [(0, 0), (10, 0)], 0);
        chart.Add("a much longer name", [(0, 5), (10, 5)], 1);
        RgbImage image = chart.Render();
        int bottom = (int)chart.Plot.RenderManager.LastRender.DataRect.Bottom;
        InkBox blue = Legend(image, bottom, Blue), red = Legend(image, bottom, Red);
        Assert.Equal(blue.Left, red.Left);
        Assert.True(blue.Bottom < red.Top);
        AssertNamed("short", blue);
        AssertNamed("a much longer name", red);

        void AssertNamed(string name, InkBox symbol)
        {
            InkBox text = Assert.NotNull(InkBox.Dark(
                image, symbol.Right + 4, symbol.Top - 6, image.Width, symbol.Bottom + 7));
            AssertWide(name, CurveChart.TextSize, text.Width);
        }
    }

    [Fact]
    public void A_name_too_long_for_the_legend_is_cut_inside_the_image()
    {
        using CurveChart chart = Chart((new string('W', 500), [(0, 1e-9), (10, 3e-9)]));
        RgbImage image = chart.Render();
        InkBox symbol = Legend(image, (int)chart.Plot.RenderManager.LastRender.DataRect.Bottom, Blue);
        InkBox text = Assert.NotNull(InkBox.Dark(image, symbol.Right + 4, symbol.Top, image.Width, image.Height));
        Assert.InRange(text.Right, 700, image.Width - 20);
        // An ellipsis is dots alone, which lie on the line that letters stand on.
        Assert.Null(InkBox.Dark(image, text.Right - 12, symbol.Top, image.Width, text.Bottom - 3));
    }

    [Theory]
    [InlineData("Кириллица Ελληνικά")]
    [InlineData("漢字 かな")]
    [InlineData("عربي עברית")]
    [InlineData("😀 \ud83d \udc00")]
    public void Texts_of_all_scripts_can_be_drawn(string text)
    {
        using CurveChart chart = new(text, text, text);
        chart.Add(text, [(0, 0), (10, 6)]);
        RgbImage image = chart.Render();
        int top = (int)chart.Plot.RenderManager.LastRender.DataRect.Top;
        Assert.NotNull(InkBox.Dark(image, 0, 0, image.Width, top - 1));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(-3, 1e-12)]
    public void A_single_point_is_marked(double x, double y)
    {
        using CurveChart chart = Chart(("one", [(x, y)]));
        Assert.Equal(Blue, Colour(chart.Render(), chart.Plot, (x, y)));
    }

    [Fact]
    public void Charts_can_be_drawn_by_several_threads()
    {
        byte[] alone = Draw();
        byte[][] together = new byte[8][];
        Parallel.For(0, together.Length, i => together[i] = Draw());
        Assert.All(together, pixels => Assert.Equal(alone, pixels));

        static byte[] Draw()
        {
            using CurveChart chart = new("title", "x, m", "y, s");
            chart.Add("one", [(0, 0), (10, 6)], 0, dashed: true);
            chart.Add("two", [(0, 3), (10, 2)], 1);
            return chart.Render().Pixels;
        }
    }

    [Fact]
    public void A_chart_of_nothing_is_refused()
    {
        using CurveChart chart = new("", "", "");
        Assert.Throws<InvalidOperationException>(chart.Render);
        Assert.Throws<ArgumentException>(() => chart.Add("none", []));
        Assert.Throws<ArgumentOutOfRangeException>(() => chart.Add("one", [(0, 0)], style: -1));
    }

    private static CurveChart Chart(params (string Name, (double X, double Y)[] Points)[] curves)
    {
        CurveChart chart = new("", "", "");
        for (int i = 0; i < curves.Length; i++) chart.Add(curves[i].Name, curves[i].Points, i);
        return chart;
    }

    private static void AssertWide(string text, float size, int pixels)
    {
        using SKFont font = LabelFont.OfSize(size);
        float width = font.MeasureText(text);
        Assert.InRange(pixels, width - 5, width + 2);
    }

    private static InkBox Legend(RgbImage image, int dataBottom, (byte, byte, byte) colour) =>
        Assert.NotNull(InkBox.Coloured(image, 0, dataBottom + 1, image.Width, image.Height, colour));

    private static (byte, byte, byte) Colour(
        RgbImage image, Plot plot, (double X, double Y) point, int right = 0, int down = 0)
    {
        Pixel pixel = plot.GetPixel(new Coordinates(point.X, point.Y));
        return At(image, (int)pixel.X + right, (int)pixel.Y + down);
    }

    private static (byte, byte, byte) At(RgbImage image, int x, int y)
    {
        int at = ((y * image.Width) + x) * 3;
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }
}
