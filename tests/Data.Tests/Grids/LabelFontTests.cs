using System.Text;
using SkiaSharp;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Data.Tests.Support;

namespace Starling.Data.Tests.Grids;

public sealed class LabelFontTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_font_is_the_programs_own_and_knows_more_than_latin_letters()
    {
        Assert.Equal("DejaVu Sans", LabelFont.Typeface.FamilyName);
        using SKFont font = LabelFont.OfSize(16);
        Assert.True(font.ContainsGlyphs("Aa1%é…ßŁΩяש"));
    }

    [Theory]
    [InlineData("abcdefgh", 1000)]
    [InlineData("abcdefgh", 60)]
    [InlineData("iiiiiiiiiiiiiiiiiiiiWWWW", 100)]
    [InlineData("WWWWiiiiiiiiiiiiiiiiiiii", 100)]
    [InlineData("one two three four", 50)]
    [InlineData("Здравствуйте", 70)]
    [InlineData("漢字漢字漢字漢字", 50)]
    [InlineData("😀😀😀😀😀", 60)]
    public void A_text_is_cut_no_more_than_its_width_asks_for(string text, int width)
    {
        using SKFont font = LabelFont.OfSize(16);
        string fitted = LabelFont.Fit(text, width, font);
        Assert.True(font.MeasureText(fitted) <= width, $"{fitted} is {font.MeasureText(fitted)} wide");
        if (font.MeasureText(text) <= width)
        {
            Assert.Equal(text, fitted);
            return;
        }
        Assert.EndsWith("…", fitted);
        string kept = fitted[..^1];
        Assert.StartsWith(kept, text);
        // The next character would not have fitted, and no character is cut in two.
        Rune[] rest = [.. text[kept.Length..].EnumerateRunes()];
        Assert.True(font.MeasureText(kept + string.Concat(rest.TakeWhile(Rune.IsWhiteSpace)) +
            rest.First(rune => !Rune.IsWhiteSpace(rune)) + "…") > width);
        Assert.DoesNotContain(Rune.ReplacementChar, kept.EnumerateRunes());
    }

    [Fact]
    public void Where_nothing_fits_the_ellipsis_is_left()
    {
        using SKFont font = LabelFont.OfSize(16);
        Assert.Equal("…", LabelFont.Fit("abc", 1, font));
        Assert.Equal("", LabelFont.Fit("", 0, font));
    }

    [Fact]
    public void Every_printable_character_has_a_shape_of_its_own()
    {
        HashSet<string> shapes = [];
        for (char character = ' '; character <= '~'; character++)
            Assert.True(shapes.Add(Convert.ToHexString(Draw($"{character}").Pixels)), $"'{character}' is like another");
        Assert.Equal(95, shapes.Count);
    }

    [Fact]
    public void Letters_have_the_shapes_of_letters()
    {
        InkBox bar = Box("|"), dash = Box("-"), big = Box("H"), small = Box("x");
        Assert.True(bar.Height > 5 * bar.Width);
        Assert.True(dash.Width > 2 * dash.Height);
        Assert.True(small.Height < big.Height && small.Bottom == big.Bottom);
        // An H has ink at both sides of its middle, and above and below the bar it has none between them.
        RgbImage image = Draw("H");
        Assert.Null(InkBox.Dark(image, big.Left + 6, big.Top, big.Right - 5, big.Top + 8));
        Assert.Null(InkBox.Dark(image, big.Left + 6, big.Bottom - 8, big.Right - 5, big.Bottom + 1));
        InkBox middle = Assert.NotNull(InkBox.Dark(image, big.Left, big.Top + 9, big.Right + 1, big.Bottom - 8));
        Assert.Equal(big.Width, middle.Width);

        static InkBox Box(string text) => Assert.NotNull(InkBox.Dark(Draw(text), 0, 0, 48, 48));
    }

    [Fact]
    public void A_missing_or_damaged_file_is_one_clear_line()
    {
        string missing = _folder.File("none.ttf"), damaged = _folder.File("damaged.ttf");
        File.WriteAllText(damaged, "this is no font");
        foreach (string path in (string[])[missing, damaged])
            Assert.Equal($"{path}: the font of labels is missing or damaged; install the program again",
                Assert.Throws<StarlingException>(() => LabelFont.Load(path)).Message);
    }

    private static RgbImage Draw(string text) => CanvasImage.Draw(48, 48, canvas =>
    {
        using SKFont font = LabelFont.OfSize(32);
        using SKPaint ink = new() { Color = SKColors.Black, IsAntialias = true };
        canvas.DrawText(text, 8, 36, SKTextAlign.Left, font, ink);
    });
}
