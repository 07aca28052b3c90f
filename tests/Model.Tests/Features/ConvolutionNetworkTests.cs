using System.Text.Json.Nodes;
using Starling.Data;
using Starling.Data.Images;
using Starling.Data.Randomness;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Features;

public sealed class ConvolutionNetworkTests : IDisposable
{
    private const int Size = 10;

    /// <summary>
    /// A small MobileNetV2 with strides at even and odd sizes, depthwise and grouped convolutions, and one residual.
    /// </summary>
    private const string Architecture =
        """
        [{"op":"conv","name":"stem","groups":1,"stride":2,"kernel":3,"padding":"SAME","relu6":true,"input":"input"},
         {"op":"conv","name":"depth","groups":8,"stride":2,"kernel":3,"padding":"SAME","relu6":true,"input":"stem"},
         {"op":"conv","name":"thin","groups":1,"stride":1,"kernel":1,"padding":"SAME","relu6":false,"input":"depth"},
         {"op":"conv","name":"wide","groups":2,"stride":1,"kernel":1,"padding":"SAME","relu6":true,"input":"thin"},
         {"op":"conv","name":"inner","groups":12,"stride":1,"kernel":3,"padding":"SAME","relu6":true,"input":"wide"},
         {"op":"conv","name":"back","groups":1,"stride":1,"kernel":1,"padding":"SAME","relu6":false,"input":"inner"},
         {"op":"add","name":"sum","inputs":["back","thin"]},
         {"op":"conv","name":"last","groups":1,"stride":2,"kernel":2,"padding":"SAME","relu6":true,"input":"sum"},
         {"op":"global_avg_pool","name":"pool","input":"last"},
         {"op":"conv","name":"head","groups":1,"stride":1,"kernel":1,"padding":"SAME","relu6":false,"input":"pool"}]
        """;

    private static readonly Dictionary<string, long[]> Weights = new()
    {
        ["stem"] = [8, 3, 3, 3], ["depth"] = [8, 1, 3, 3], ["thin"] = [6, 8, 1, 1], ["wide"] = [12, 3, 1, 1],
        ["inner"] = [12, 1, 3, 3], ["back"] = [6, 12, 1, 1], ["last"] = [16, 6, 2, 2], ["head"] = [5, 16, 1, 1],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("starling-convolutions-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Features_and_logits_are_those_of_plain_loops()
    {
        using var scope = NewDisposeScope();
        using ConvolutionNetwork network = ConvolutionNetwork.Load(Save());
        Tensor images_B3HW = Images(3, Size);
        Tensor features_BD = network.Features(images_B3HW), logits_BK = network.Logits(images_B3HW);
        Assert.Equal([3L, 16], features_BD.shape);
        Assert.Equal((16, false), (network.Dimensions, features_BD.requires_grad));
        for (int i = 0; i < 3; i++)
        {
            (double[] features, double[] logits) = Plain(images_B3HW[i]);
            Close(features, features_BD[i]);
            Close(logits, logits_BK[i]);
        }
    }

    [Fact]
    public void Features_do_not_depend_on_the_neighbours()
    {
        using var scope = NewDisposeScope();
        using ConvolutionNetwork network = ConvolutionNetwork.Load(Save());
        Tensor images_B3HW = Images(7, 6), all_BD = network.Features(images_B3HW);
        for (int i = 0; i < 7; i++)
            Assert.True(network.Features(images_B3HW.narrow(0, i, 1)).equal(all_BD.narrow(0, i, 1)).all().item<bool>());
    }

    [Theory]
    [InlineData(7, 20)]
    [InlineData(20, 7)]
    [InlineData(9, 9)]
    public void Images_are_resized_as_the_data_pipeline_does_it(int from, int to)
    {
        using var scope = NewDisposeScope();
        RgbImage image = RgbImage.Blank(from, from);
        KeyedRandom random = KeyedRandom.For(3, RandomPurpose.FeatureTraining, from);
        for (int i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)random.Below(256);
        Tensor resized_SSC = BilinearResize.To(Bytes(image).permute(2, 0, 1).unsqueeze(0), to)[0].permute(1, 2, 0);
        Tensor expected_SSC = Bytes(Resampler.Resize(image, to, to, ResampleFilter.Bilinear));
        // The pipeline rounds to bytes after each of its two passes.
        Assert.InRange((resized_SSC - expected_SSC).abs().max().item<float>(), 0, 1.01);
    }

    [Fact]
    public void The_kind_of_network_is_told_by_the_file()
    {
        string named = Save(("name", "small-v1")), nameless = Save();
        using IFeatureNetwork first = FeatureNetworks.Load(named), second = FeatureNetworks.Load(nameless);
        Assert.Equal(("small-v1", 16), (first.Name, first.Dimensions));
        Assert.Equal(Path.GetFileNameWithoutExtension(nameless), second.Name);
        using ImageClassifierTrainer trainer = new(new ClassifierTrainingOptions { Name = "own" });
        string own = Path.Combine(_folder, "own.safetensors");
        trainer.Network.Save(own);
        using IFeatureNetwork third = FeatureNetworks.Load(own);
        Assert.IsType<ImageClassifier>(third);
        string other = Path.Combine(_folder, "other.safetensors");
        SafetensorsFile.Write(other, []);
        Assert.Contains(other, Assert.Throws<StarlingException>(() => FeatureNetworks.Load(other)).Message);
    }

    [Theory]
    [InlineData("[]", "0 operations")]
    [InlineData("[null]", "null")]
    [InlineData("{", "arch")]
    [InlineData("""[{"op":"global_avg_pool","name":"pool","input":"later"}]""", "pool: reads 'later'")]
    [InlineData("""[{"op":"global_avg_pool","name":"pool","inputs":[null]}]""", "pool: reads ''")]
    [InlineData("""[{"op":"softmax","name":"s","input":"input"}]""", "s: a 'softmax'")]
    [InlineData("""[{"op":"conv","name":"stem","kernel":3,"input":"input"}]""", "0 global means")]
    [InlineData("""[{"op":"conv","name":"stem","kernel":5,"input":"input"}]""", "stem: weight [8, 3, 3, 3]")]
    [InlineData("""[{"op":"conv","name":"stem","stride":0,"input":"input"}]""", "kernel 1, stride 0")]
    [InlineData("""[{"op":"conv","name":"none","input":"input"}]""", "no tensor 'none.weight'")]
    [InlineData("""[{"op":"global_avg_pool","name":"input","input":"input"}]""", "input: the name is used twice")]
    [InlineData("""
        [{"op":"global_avg_pool","name":"p","input":"input"},{"op":"add","name":"a","inputs":["p","input"]}]
        """, "a: a 'add' cannot read 3 channels of 1x1 and 3 channels of 10x10")]
    [InlineData("""[{"op":"global_avg_pool","name":"pool","input":"input"}]""", "does not fit")]
    public void A_graph_that_cannot_be_computed_is_refused(string architecture, string reason)
    {
        string path = Save(("arch", architecture));
        string message = Assert.Throws<StarlingException>(() => ConvolutionNetwork.Load(path)).Message;
        Assert.Contains(path, message);
        Assert.Contains(reason, message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("4097")]
    [InlineData("large")]
    public void A_wrong_input_size_is_refused(string size) => Assert.Contains("'input_size' in its metadata is " + size,
        Assert.Throws<StarlingException>(() => ConvolutionNetwork.Load(Save(("input_size", size)))).Message);

    private static float Value(string name, long index) =>
        (float)(KeyedRandom.For(5, RandomPurpose.Initialization, name.Length, name[0], index).NextDouble() - 0.4);

    /// <summary>Writes float32 weights, so that the plain loops compute with the same numbers.</summary>
    private string Save(params (string Key, string Value)[] metadata)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, string> entries = new() { ["arch"] = Architecture, ["input_size"] = $"{Size}" };
        foreach ((string key, string value) in metadata) entries[key] = value;
        List<HostTensor> tensors = [];
        foreach ((string name, long[] shape) in Weights)
        {
            long count = shape.Aggregate((a, b) => a * b);
            float[] values = [.. Enumerable.Range(0, (int)count).Select(i => Value(name, i))];
            float[] bias = [.. Enumerable.Range(0, (int)shape[0]).Select(i => Value(name, -1 - i))];
            tensors.Add(HostTensor.From($"{name}.weight", tensor(values).view(shape)));
            tensors.Add(HostTensor.From($"{name}.bias", tensor(bias)));
        }
        string path = Path.Combine(_folder, $"{Directory.GetFiles(_folder).Length}.safetensors");
        SafetensorsFile.Write(path, tensors, entries);
        return path;
    }

    private static Tensor Images(int count, int size)
    {
        byte[] pixels = new byte[count * 3 * size * size];
        KeyedRandom random = KeyedRandom.For(4, RandomPurpose.FeatureTraining);
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.Below(256);
        return ImageTensors.FromBytes(pixels, count, size, size);
    }

    private static Tensor Bytes(RgbImage image) =>
        tensor(image.Pixels.Select(b => (float)b).ToArray()).view(image.Height, image.Width, 3);

    private static (double[] Features, double[] Logits) Plain(Tensor image_3HW)
    {
        float[] pixels = [.. image_3HW.data<float>()];
        Dictionary<string, double[][][]> maps = new()
        {
            ["input"] = PlainConvolutions.Map(3, Size, (c, y, x) => pixels[(((c * Size) + y) * Size) + x]),
        };
        foreach (JsonNode? node in JsonNode.Parse(Architecture)!.AsArray())
        {
            string name = (string)node!["name"]!;
            maps[name] = (string)node["op"]! switch
            {
                "conv" => Convolve(maps[(string)node["input"]!], name, node),
                "add" => PlainConvolutions.Add(maps[(string)node["inputs"]![0]!], maps[(string)node["inputs"]![1]!]),
                _ => PlainConvolutions.Mean(maps[(string)node["input"]!]),
            };
        }
        return (Flat("pool"), Flat("head"));

        double[] Flat(string name) => [.. maps[name].Select(channel => channel[0][0])];
    }

    private static double[][][] Convolve(double[][][] input, string name, JsonNode node)
    {
        long[] shape = Weights[name];
        return PlainConvolutions.Convolve(input,
            (o, c, y, x) => Value(name, (((((o * shape[1]) + c) * shape[2]) + y) * shape[3]) + x),
            o => Value(name, -1 - o), (int)shape[0], (int)node["groups"]!, (int)node["kernel"]!, (int)node["stride"]!,
            (bool)node["relu6"]!);
    }

    private static void Close(double[] expected, Tensor actual)
    {
        double[] values = [.. actual.to(float64).data<double>()];
        double scale = expected.Max(Math.Abs);
        Assert.True(scale > 0.01);
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * scale));
    }
}
