using SkiaSharp;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Grids;

public sealed class SampleGridTests
{
    [Fact]
    public void Every_image_is_in_the_grid_in_its_row_scaled_up()
    {
        RgbImage[][] rows = [[.. Images(0, 5)], [.. Images(10, 2)]];
        RgbImage grid = SampleGrid.Render(rows, ["first", "second"], columns: 3, scale: 2, title: "step 100");
        List<(int Left, int Top)> places = [];
        foreach (RgbImage image in rows.SelectMany(row => row))
            places.Add(Assert.Single(Find(grid, Resampler.Resize(image, 24, 20, ResampleFilter.Box))));
        Assert.Equal([.. places.Take(3).Select(place => place.Top).Distinct()], [places[0].Top]);
        // Five images in three columns take two lines, and the next row takes a third line.
        Assert.Equal((places[0].Left, places[1].Left), (places[3].Left, places[4].Left));
        Assert.True(places[0].Top < places[3].Top && places[3].Top < places[5].Top);
        Assert.Equal(places[0].Left, places[5].Left);
    }

    [Fact]
    public void Labels_stand_left_of_their_rows_and_the_title_above()
    {
        RgbImage white = RgbImage.FromPlanes(Enumerable.Repeat((byte)255, 3 * 64 * 64).ToArray(), 64, 64);
        RgbImage[][] rows = [[white], [white, white], [white]];
        RgbImage grid = SampleGrid.Render(rows, ["", "narrow", "a wider label"], columns: 1, title: "a title");
        using SKFont font = LabelFont.OfSize(13);
        int left = grid.Width - 64 - 8, top = grid.Height - (4 * 66) - 8 + 2;
        InkBox title = Assert.NotNull(InkBox.Dark(grid, 0, 0, grid.Width, top));
        AssertWide("a title", title.Width);
        Assert.Null(InkBox.Dark(grid, 0, top, left, top + 66));
        AssertLabel("narrow", top + 66);
        Assert.Null(InkBox.Dark(grid, 0, top + (2 * 66), left, top + (3 * 66)));
        AssertLabel("a wider label", top + (3 * 66));
        Assert.Null(InkBox.Dark(grid, left, top, grid.Width, grid.Height));

        void AssertLabel(string label, int rowTop)
        {
            InkBox ink = Assert.NotNull(InkBox.Dark(grid, 0, rowTop, left, rowTop + 66));
            AssertWide(label, ink.Width);
            Assert.InRange((ink.Top + ink.Bottom) / 2f, rowTop + 28, rowTop + 36);
        }

        void AssertWide(string text, int width) =>
            Assert.InRange(width, font.MeasureText(text) - 4, font.MeasureText(text) + 1);
    }

    [Fact]
    public void A_label_too_long_ends_in_an_ellipsis_before_the_images()
    {
        RgbImage image = TestImages.Noise(64, 64, 1);
        RgbImage grid = SampleGrid.Render([[image]], [new string('m', 300)], columns: 1);
        (int left, int top) = Assert.Single(Find(grid, image));
        InkBox label = Assert.NotNull(InkBox.Dark(grid, 0, top, left, top + 64));
        Assert.InRange(label.Width, 100, 160);
        Assert.True(label.Right < left - 4);
        // An ellipsis is dots alone, which lie on the line that letters stand on.
        InkBox dots = Assert.NotNull(InkBox.Dark(grid, label.Right - 8, top, left, top + 64));
        Assert.InRange(dots.Height, 1, 3);
        Assert.Equal(label.Bottom, dots.Bottom);
    }

    [Fact]
    public void A_title_wider_than_the_images_widens_the_grid()
    {
        const string title = "teacher weights, step 600, guidance 2";
        RgbImage image = TestImages.Noise(12, 10, 1);
        RgbImage grid = SampleGrid.Render([[image]], [""], columns: 1, title: title);
        using SKFont font = LabelFont.OfSize(13);
        InkBox ink = Assert.NotNull(InkBox.Dark(grid, 0, 0, grid.Width, Assert.Single(Find(grid, image)).Top));
        Assert.InRange(ink.Width, font.MeasureText(title) - 4, font.MeasureText(title) + 1);
        Assert.True(ink.Right < grid.Width - 4);
    }

    [Theory]
    [InlineData("Здравствуйте")]
    [InlineData("漢字")]
    [InlineData("עברית")]
    [InlineData("😀 \ud83d \udc00")]
    [InlineData("tab\tand\nline")]
    public void Labels_of_all_scripts_can_be_drawn(string label)
    {
        RgbImage image = TestImages.Noise(12, 10, 1);
        RgbImage grid = SampleGrid.Render([[image]], [label], columns: 1, title: label);
        (int left, int top) = Assert.Single(Find(grid, image));
        Assert.NotNull(InkBox.Dark(grid, 0, 0, grid.Width, top - 4));
        Assert.NotNull(InkBox.Dark(grid, 0, top, left, grid.Height));
    }

    [Fact]
    public void Grids_can_be_drawn_by_several_threads()
    {
        byte[] alone = Draw();
        byte[][] together = new byte[16][];
        Parallel.For(0, together.Length, i => together[i] = Draw());
        Assert.All(together, pixels => Assert.Equal(alone, pixels));

        static byte[] Draw() => SampleGrid.Render(
            [[.. Images(0, 2)], [.. Images(5, 2)]], ["one", "another"], 2, 3, "a title").Pixels;
    }

    [Fact]
    public void Rows_without_images_or_of_several_sizes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SampleGrid.Render([[]], ["a"], 1));
        Assert.Throws<ArgumentException>(() => SampleGrid.Render([[RgbImage.Blank(2, 2)]], [], 1));
        Assert.Throws<ArgumentException>(
            () => SampleGrid.Render([[RgbImage.Blank(2, 2), RgbImage.Blank(3, 2)]], ["a"], 1));
    }

    private static IEnumerable<RgbImage> Images(long key, int count) =>
        Enumerable.Range(0, count).Select(i => TestImages.Noise(12, 10, key + i));

    private static IEnumerable<(int Left, int Top)> Find(RgbImage grid, RgbImage part)
    {
        for (int top = 0; top <= grid.Height - part.Height; top++)
            for (int left = 0; left <= grid.Width - part.Width; left++)
                if (Enumerable.Range(0, part.Height).All(y => grid.Pixels
                    .AsSpan((((top + y) * grid.Width) + left) * 3, part.Width * 3)
                    .SequenceEqual(part.Pixels.AsSpan(y * part.Width * 3, part.Width * 3))))
                    yield return (left, top);
    }
}
