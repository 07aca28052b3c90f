using Starling.Data.Grids;
using Starling.Data.Images;

namespace Starling.Data.Tests.Grids;

public sealed class LineChartTests
{
    private static readonly ChartSeries Rising = new("rising", [(8, 10), (16, 20), (64, 60)]);

    [Fact]
    public void A_chart_has_its_size_and_survives_the_file()
    {
        RgbImage chart = Chart(Rising, Rising with { Name = "other" });
        Assert.Equal((LineChart.Width, LineChart.PlotHeight + (2 * LineChart.LegendLine)), (chart.Width, chart.Height));
        Assert.Equal(chart.Pixels, ImageDecoder.Default.Decode(PngWriter.Encode(chart)).Pixels);
    }

    [Fact]
    public void Values_colours_dashes_and_texts_all_show()
    {
        RgbImage[] charts =
        [
            Chart(Rising), Chart(Rising with { Points = [(8, 10), (16, 30), (64, 60)] }),
            Chart(Rising with { Colour = 1 }), Chart(Rising with { Dashed = true }),
            Chart(Rising with { Name = "named" }), Render("title", "", "", Rising), Render("", "x", "", Rising),
            Render("", "", "y", Rising),
        ];
        Assert.Equal(charts.Length, charts.Select(c => Convert.ToHexString(c.Pixels)).Distinct().Count());
        Assert.Equal(Chart(Rising).Pixels, charts[0].Pixels);
    }

    [Fact]
    public void A_curve_goes_through_its_points_in_its_colour()
    {
        RgbImage chart = Chart(
            new ChartSeries("flat", [(0, 0), (10, 0)]), new ChartSeries("top", [(0, 6), (10, 6)], Colour: 1));
        int[] Rows(byte red, byte green, byte blue) =>
        [
            .. Enumerable.Range(0, LineChart.PlotHeight).Where(y => chart.Pixels
                .AsSpan(((y * chart.Width) + (chart.Width / 2)) * 3, 3).SequenceEqual((byte[])[red, green, blue])),
        ];
        int[] flat = Rows(0, 114, 178), top = Rows(213, 94, 0);
        Assert.InRange(flat.Length, 1, 3);
        Assert.InRange(top.Length, 1, 3);
        Assert.True(flat[0] - top[0] > 300);
    }

    [Theory]
    [InlineData(8, 64, "0 10 20 30 40 50 60 70")]
    [InlineData(0.571, 0.702, "0.55 0.6 0.65 0.7 0.75")]
    [InlineData(-1, 1, "-1 -0.5 0 0.5 1")]
    [InlineData(5, 5, "5 6")]
    [InlineData(0, 0, "0 0.2")]
    public void Ticks_are_round_numbers_around_the_values(double low, double high, string ticks)
    {
        ChartAxis axis = ChartAxis.For([high, low]);
        Assert.Equal(ticks, string.Join(' ', axis.Ticks.Select(ChartAxis.Text)));
        Assert.InRange(axis.Share(low), 0, axis.Share(high));
        Assert.InRange(axis.Share(high), 0, 1);
    }

    [Fact]
    public void A_chart_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => Chart());

    private static RgbImage Chart(params ChartSeries[] series) => Render("", "", "", series);

    private static RgbImage Render(string title, string x, string y, params ChartSeries[] series) =>
        new LineChart(title, x, y, series).Render();
}
