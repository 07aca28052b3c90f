using System.Globalization;
using Starling.Model.Transformer;

namespace Starling.Model.Tests.Transformer;

/// <summary>
/// Every checkpoint contains the hash, so its values may not change. The expected ones were computed by a separate
/// program after the description of <see cref="GptShapeHash"/>.
/// </summary>
public sealed class GptShapeHashTests
{
    private const string Current = "b901e447160b91deffb2078ab544d5d4514dfe8ae432610c6dbd21806ccae03f";
    private const string Version01 = "03a5090285c759c4d309b149ea84bca833a3fbc5bc92cbefb4dde9cb262740cc";
    private const string Version01InSwedish = "4626f285979f45c907727c53a8f2fc8c9280986cec1ad2baa5643c59f859ebd7";

    /// <summary>The shape of configs/tiny.json with the embedded data set and tokenizer.</summary>
    private static readonly GptShape Tiny = new(32, 2, 2, 1024, 64, 9) { FfnMultiple = 32 };

    [Fact]
    public void The_hash_of_a_shape_is_what_it_always_was() => Assert.Equal(Current, GptShapeHash.Of(Tiny));

    [Fact]
    public void Hashes_of_version_0_1_are_known_in_whichever_language_they_were_written()
    {
        Assert.Contains(Version01, GptShapeHash.Earlier(Tiny)); // from a checkpoint of that version
        Assert.Contains(Version01InSwedish, GptShapeHash.Earlier(Tiny));
        Assert.DoesNotContain(Current, GptShapeHash.Earlier(Tiny));
        Assert.DoesNotContain(Version01, GptShapeHash.Earlier(Tiny with { Dim = 64 }));
    }

    [Fact]
    public void The_machines_language_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var swedish = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        swedish.NumberFormat = new NumberFormatInfo { NegativeSign = "\u2212", NumberDecimalSeparator = "," };
        try
        {
            CultureInfo.CurrentCulture = swedish;
            Assert.Equal("1E\u221205", $"{Tiny.NormEpsilon}"); // the text that must not get into the hash
            Assert.Equal(Current, GptShapeHash.Of(Tiny));
            Assert.Contains(Version01, GptShapeHash.Earlier(Tiny));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Whatever_changes_the_computation_changes_the_hash()
    {
        GptShape[] shapes =
        [
            Tiny, Tiny with { Dim = 64 }, Tiny with { Layers = 3 }, Tiny with { Heads = 4 },
            Tiny with { Vocabulary = 512 }, Tiny with { Tokens = 16 }, Tiny with { Classes = 10 },
            Tiny with { FfnMultiple = 64 }, Tiny with { NormEpsilon = 1e-6 }, Tiny with { RopeBase = 500 },
        ];
        Assert.Equal(shapes.Length, shapes.Select(GptShapeHash.Of).Distinct().Count());
    }
}
