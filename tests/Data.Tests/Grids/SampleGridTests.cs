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
        // Five images in three columns take two lines, the next row a third.
        Assert.Equal((places[0].Left, places[1].Left), (places[3].Left, places[4].Left));
        Assert.True(places[0].Top < places[3].Top && places[3].Top < places[5].Top);
        Assert.Equal(places[0].Left, places[5].Left);
    }

    [Fact]
    public void Labels_and_title_leave_ink_beside_and_above_the_images()
    {
        RgbImage[][] rows = [[RgbImage.FromPlanes(Enumerable.Repeat((byte)255, 300).ToArray(), 10, 10)]];
        int Ink(string label, string? title) =>
            SampleGrid.Render(rows, [label], 1, 1, title).Pixels.Count(value => value == 32);
        Assert.Equal(0, Ink("", null));
        int one = Ink("i", null);
        Assert.True(one > 0);
        Assert.Equal(2 * one, Ink("ii", null));
        Assert.Equal(Ink("?", null), Ink("é", null));
        Assert.True(Ink("", "a title that is wider than the grid") > 0);
    }

    [Fact]
    public void A_text_too_long_is_cut_with_two_dots()
    {
        Assert.Equal("abcdefgh", PixelFont.Fit("abcdefgh", 48, 1));
        Assert.Equal("abcde..", PixelFont.Fit("abcdefgh", 47, 1));
        Assert.Equal("", PixelFont.Fit("abc", 5, 1));
    }

    [Fact]
    public void Every_printable_character_has_a_shape_of_its_own()
    {
        HashSet<string> shapes = [];
        for (char character = ' '; character <= '~'; character++)
        {
            RgbImage image = RgbImage.Blank(6, 7);
            PixelFont.Draw(image, $"{character}", 0, 0, 1, 255);
            Assert.True(shapes.Add(Convert.ToHexString(image.Pixels)), $"'{character}' looks like another");
        }
        Assert.Equal(95, shapes.Count);
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
