// B: images, C: channels, H, W: rows and columns, D: features, K: classes
using System.Globalization;
using System.Text.Json;
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Features;

/// <summary>
/// A small residual network that tells a data set's classes apart, trained by this program. Its pooled features stand
/// in for a pretrained network's. They are good for comparing runs on that data set, and for nothing else.
/// </summary>
public sealed class ImageClassifier : IFeatureNetwork
{
    /// <summary>The value of <c>format</c> in the file's metadata.</summary>
    public const string Format = "starling-classifier-1";

    private readonly ParameterStore _weights;

    /// <summary>
    /// Makes a classifier from weights laid out by <see cref="ClassifierShape.Layout"/>, which it will dispose.
    /// </summary>
    public ImageClassifier(string name, ClassifierShape shape, ParameterStore weights) =>
        (Name, Shape, _weights) = (name, shape, weights);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Size of the network.</summary>
    public ClassifierShape Shape { get; }

    /// <summary>Metadata of the file that the classifier was read from; empty for a new one.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public int Dimensions => Shape.Widths[^1];

    internal ParameterStore Weights => _weights;

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <exception cref="StarlingException">The file does not exist, or holds no classifier.</exception>
    public static ImageClassifier Load(string path, Device? device = null)
    {
        LibTorch.Initialize();
        using var scope = NewDisposeScope();
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        if (!header.Metadata.TryGetValue("format", out string? format) || format != Format)
            throw new StarlingException($"{path} is no classifier: its metadata has no 'format' of '{Format}'");
        ClassifierShape shape = ReadShape(header, path);
        ParameterStore weights = new(shape.Layout(), device ?? CPU, trainable: false);
        weights.Load(SafetensorsFile.Read(path), path);
        return new ImageClassifier(header.Metadata.GetValueOrDefault("name", "unnamed"), shape, weights)
        {
            Metadata = header.Metadata,
        };
    }

    /// <summary>
    /// Writes the weights as float16 safetensors, with the name, the shape and <paramref name="metadata"/>.
    /// </summary>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        Dictionary<string, string> entries = new()
        {
            ["format"] = Format,
            ["name"] = Name,
            ["widths"] = JsonSerializer.Serialize(Shape.Widths),
            ["classes"] = Shape.Classes.ToString(CultureInfo.InvariantCulture),
            ["norm_groups"] = Shape.NormGroups.ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string key, string value) in metadata ?? new Dictionary<string, string>()) entries[key] = value;
        HalfPrecisionFile.Write(path, _weights.ToHost(), entries);
    }

    /// <inheritdoc/>
    public Tensor Features(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Pooled(Levels(images_B3HW)[^1]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the class logits [B, K] of images [B, 3, H, W] in [−1, 1], with gradient to trainable weights.
    /// </summary>
    public Tensor Logits(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        Tensor pooled_BD = Pooled(Levels(images_B3HW)[^1]);
        Tensor logits_BK = functional.linear(pooled_BD, _weights["head.weight"], _weights["head.bias"]);
        return logits_BK.to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the feature map [B, C, H, W] after each level, the finest first, with gradient to the images.
    /// </summary>
    public IReadOnlyList<Tensor> Levels(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        List<Tensor> levels = [];
        Tensor x_BCHW = Convolve(images_B3HW, "stem", stride: 2);
        for (int level = 0; level < Shape.Widths.Count; level++)
        {
            string name = $"levels.{level}";
            if (level > 0) x_BCHW = Convolve(x_BCHW, $"{name}.down", stride: 2);
            Tensor h = Convolve(Activated(x_BCHW, $"{name}.norm1"), $"{name}.conv1");
            x_BCHW = x_BCHW.Plus(Convolve(Activated(h, $"{name}.norm2"), $"{name}.conv2"));
            levels.Add(x_BCHW.MoveToOuterDisposeScope());
        }
        return levels;
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private Tensor Pooled(Tensor x_BCHW) => Activated(x_BCHW, "norm").to(float32).mean([2, 3]);

    private Tensor Activated(Tensor x_BCHW, string norm) => functional.silu(functional.group_norm(
        x_BCHW, Shape.NormGroups, _weights[$"{norm}.weight"], _weights[$"{norm}.bias"]));

    private Tensor Convolve(Tensor x_BCHW, string name, long stride = 1) => functional.conv2d(
        x_BCHW, _weights[$"{name}.weight"], _weights[$"{name}.bias"], [stride, stride], [1, 1]);

    private static ClassifierShape ReadShape(SafetensorsHeader header, string path)
    {
        try
        {
            ClassifierShape shape = new()
            {
                Widths = JsonSerializer.Deserialize<int[]>(header.Metadata["widths"])!,
                Classes = int.Parse(header.Metadata["classes"], CultureInfo.InvariantCulture),
                NormGroups = int.Parse(header.Metadata["norm_groups"], CultureInfo.InvariantCulture),
            };
            if (shape.Widths.Count is > 0 and <= 8 && shape.Widths.All(w => w is > 0 and <= 65536) &&
                shape.Classes is > 1 and <= 100_000 && shape.NormGroups > 0) return shape;
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException or FormatException or OverflowException)
        {
            // The exception below reports this, with the file's name.
        }
        throw new StarlingException($"{path}: 'widths', 'classes', 'norm_groups' in its metadata make no classifier");
    }
}
