using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Ordering;
using Starling.Data.Shards;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

/// <summary>Tests the networks that come with the program on embedded images they were not trained on.</summary>
public class EmbeddedNetworksTests
{
    private const double HoldOut = 0.1;

    [Fact]
    public void The_tokenizer_reconstructs_images_it_never_saw()
    {
        using var scope = NewDisposeScope();
        using VqTokenizer tokenizer = VqTokenizer.Load(Asset("tokenizer"));
        Assert.Equal((8, 1024), (tokenizer.Downscale, tokenizer.CodebookSize));
        Assert.Contains("tokenizer-emoji.json", tokenizer.Metadata["command"]);
        DecodedImage[] images = HeldOut();
        byte[] pixels = [.. images.SelectMany(p => p.Pixels)];
        Tensor codes_BN = tokenizer.Encode(ImageTensors.FromBytes(pixels, images.Length, 64, 64));
        Assert.Equal([images.Length, 64L], codes_BN.shape);
        Assert.True(codes_BN.data<long>().ToArray().Distinct().Count() > 600);
        byte[] decoded = tokenizer.Decode(codes_BN);
        double error = pixels.Zip(decoded, (a, b) => (double)(a - b) * (a - b)).Average();
        Assert.InRange(10 * Math.Log10(255 * 255 / error), 22, 60);
    }

    [Fact]
    public void The_classifier_tells_classes_of_images_it_never_saw()
    {
        using var scope = NewDisposeScope();
        using ImageClassifier classifier = ImageClassifier.Load(Asset("features"));
        Assert.Equal("emoji-classifier-v1", classifier.Name);
        DecodedImage[] images = HeldOut();
        byte[] pixels = [.. images.SelectMany(p => p.Pixels)];
        Tensor logits_BK = classifier.Logits(ImageTensors.FromBytes(pixels, images.Length, 64, 64));
        long[] predicted = logits_BK.argmax(1).data<long>().ToArray();
        // The share of the largest class is 0.57.
        Assert.True(predicted.Zip(images, (k, p) => k == p.Label ? 1.0 : 0).Average() > 0.7);
    }

    private static DecodedImage[] HeldOut() =>
        [.. new ImageReader(new SampleSplit(ShardIndex.Open([EmbeddedData.Path]), Split.Validation, HoldOut), 64)
            .ReadAll().Take(96)];

    private static string Asset(string kind) =>
        Assert.Single(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "assets", kind), "*.safetensors"));
}
