using Starling.Data.Images;
using Starling.Data.Randomness;
using Starling.Data.Shards;
using Starling.Model.Features;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using TorchSharp;

namespace Starling.Actors.Tests.Support;

/// <summary>
/// Everything a run of a few seconds needs, made once: two shards of noise, an untrained tokenizer (a 16x16 image is
/// 16 codes of 32) and an untrained feature network. Deleted with the last test.
/// </summary>
public sealed class TinyAssets : IDisposable
{
    public const int Images = 48, Classes = 4;

    private readonly TestFolder _folder = new();

    public TinyAssets()
    {
        LibTorch.Initialize();
        LibTorch.SetThreadsOfThisThread(1);
        WriteShard(_folder["shard-0.parquet"], Images / 2);
        WriteShard(_folder["shard-1.parquet"], Images / 2, firstKey: 1000);
        SaveTokenizer();
        SaveFeatureNetwork();
    }

    public IReadOnlyList<string> Shards => [_folder["shard-0.parquet"], _folder["shard-1.parquet"]];

    public string Tokenizer => _folder["tokenizer.safetensors"];

    public string FeatureNetwork => _folder["features.safetensors"];

    /// <summary>Writes a shard of noise with eight rows a group; the listed rows hold no image.</summary>
    public static void WriteShard(
        string path, int rows, long firstKey = 0, int classesUsed = Classes, params int[] undecodable) =>
        ShardWriter.WriteAsync(path,
            Enumerable.Range(0, rows).Select(row => new ShardRow(
                undecodable.Contains(row) ? "this is no image"u8.ToArray() : Image(firstKey + row),
                row % classesUsed)),
            ["ant", "bee", "cat", "dog"], rowsPerGroup: 8).GetAwaiter().GetResult();

    public void Dispose() => _folder.Dispose();

    private static byte[] Image(long key)
    {
        RgbImage image = RgbImage.Blank(24, 20);
        KeyedRandom random = KeyedRandom.For(1, RandomPurpose.Augmentation, key);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.Below(256);
        return PngWriter.Encode(image);
    }

    private void SaveTokenizer()
    {
        VqShape shape = new()
        {
            Ch = 8,
            ChMult = [1, 1, 1],
            ResBlocks = 1,
            ZChannels = 8,
            CodebookSize = 32,
            CodebookDim = 4,
            NormGroups = 4,
        };
        using ParameterStore weights = new(shape.Layout(), torch.CPU, trainable: false);
        VqInitialization.Initialize(shape, weights, seed: 1);
        SafetensorsFile.Write(Tokenizer, weights.ToHost(), VqMetadata.Of(shape));
    }

    private void SaveFeatureNetwork()
    {
        ClassifierShape shape = new() { Widths = [8, 8], Classes = Classes, NormGroups = 4 };
        ParameterStore weights = new(shape.Layout(), torch.CPU, trainable: false);
        using (var scope = torch.NewDisposeScope())
        using (torch.no_grad())
        {
            foreach (ParameterShape parameter in shape.Layout().Parameters)
            {
                using torch.Generator generator = TensorRandom.For(
                    1, RandomPurpose.Initialization, weights.Layout[parameter.Name].Offset, 0, 0, torch.CPU);
                weights.View(weights.Values, parameter.Name).uniform_(-0.3, 0.3, generator);
            }
        }
        using ImageClassifier network = new("untrained", shape, weights);
        network.Save(FeatureNetwork);
    }
}
