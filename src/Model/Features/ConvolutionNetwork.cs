// B: images, C: channels, H, W: rows and columns, S: side of the resized images, D: features, K: classes
using System.Globalization;
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Features;

/// <summary>
/// A frozen convolutional classifier of another program, such as MobileNetV2 (Sandler et al., 2018) trained on
/// ImageNet. It comes from a safetensors file with weights of any float type and with the architecture as JSON in the
/// metadata (<c>arch</c>, see <see cref="ConvolutionGraph"/>). Convolutions pad as TensorFlow's "SAME" does. Images in
/// [−1, 1] are resized bilinearly, as in TensorFlow's evaluation, to the size <c>input_size</c> of the metadata, or to
/// 224 pixels if the metadata has none.
/// </summary>
public sealed class ConvolutionNetwork : IFeatureNetwork
{
    /// <summary>
    /// Number of images that go through the network at once. It is small, so that the largest feature map stays near
    /// the processor's caches. A smaller batch is filled up with zeros: every call then has one size, and the features
    /// of an image do not depend on the other images of its batch.
    /// </summary>
    private const int Chunk = 4;

    private const int StandardSize = 224, LargestSize = 4096;

    private readonly ConvolutionGraph _graph;
    private readonly ParameterStore _weights;
    private readonly int _size;

    private ConvolutionNetwork(string name, ConvolutionGraph graph, ParameterStore weights, int size) =>
        (Name, _graph, _weights, _size) = (name, graph, weights, size);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Dimensions => _graph.Dimensions;

    /// <summary>Tells whether a file holds such a network.</summary>
    public static bool Recognizes(SafetensorsHeader header) => header.Metadata.ContainsKey(ConvolutionGraph.Key);

    /// <summary>
    /// Reads a network. Its name is the metadata's <c>name</c>, or else the file's name.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The file does not exist, or its architecture does not fit its weights.
    /// </exception>
    public static ConvolutionNetwork Load(string path, Device? device = null)
    {
        LibTorch.Initialize();
        using var scope = NewDisposeScope();
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        int size = SizeIn(header, path);
        ConvolutionGraph graph = ConvolutionGraph.Read(header, size, path);
        ParameterStore weights = new(graph.Layout, device ?? CPU, trainable: false);
        weights.Load(SafetensorsFile.Read(path), path);
        string name = header.Metadata.GetValueOrDefault("name", Path.GetFileNameWithoutExtension(path));
        return new ConvolutionNetwork(name, graph, weights, size);
    }

    /// <inheritdoc/>
    public Tensor Features(Tensor images_B3HW) => Through(images_B3HW, _graph.Pooled);

    /// <summary>
    /// Computes the last operation's output, the class logits [B, K], of images [B, 3, H, W] in [−1, 1].
    /// </summary>
    public Tensor Logits(Tensor images_B3HW) => Through(images_B3HW, _graph.Operations[^1]);

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    private Tensor Through(Tensor images_B3HW, GraphOperation last)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long count = images_B3HW.shape[0], missing = (Chunk - (count % Chunk)) % Chunk;
        Tensor images = images_B3HW.to(_weights.Device).to(float32);
        Tensor filled = cat([images, zeros([missing, .. images.shape[1..]], device: _weights.Device)]);
        List<Tensor> results = [];
        for (long at = 0; at < count; at += Chunk)
            results.Add(Compute(filled.narrow(0, at, Chunk), last).flatten(1));
        return cat(results).narrow(0, 0, count).clone().MoveToOuterDisposeScope();
    }

    private Tensor Compute(Tensor images_B3HW, GraphOperation last)
    {
        using var scope = NewDisposeScope();
        Tensor resized_B3SS = ChannelsLast(BilinearResize.To(images_B3HW, _size));
        Dictionary<string, Tensor> maps = new() { [GraphOperation.Images] = resized_B3SS };
        foreach (GraphOperation operation in _graph.Operations)
        {
            maps[operation.Name] = Apply(operation, [.. operation.Sources.Select(s => maps[s])]);
            if (operation == last) break;
            // All feature maps together take many times the memory of the largest one, so each is freed as soon as
            // its last reader has run.
            foreach (string source in operation.Sources)
                if (_graph.IsLastReader(operation, source)) maps[source].Dispose();
        }
        return maps[last.Name].MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Rearranges a feature map in memory so that the channels are innermost. The numbers stay the same. Convolutions
    /// keep this arrangement and are twice as fast with it.
    /// </summary>
    private static Tensor ChannelsLast(Tensor x_BCHW) => x_BCHW.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    private Tensor Apply(GraphOperation operation, Tensor[] inputs_BCHW) => operation.Op switch
    {
        GraphOperation.Convolution => Convolve(inputs_BCHW[0], operation),
        GraphOperation.Addition => inputs_BCHW.Aggregate((a, b) => a.Plus(b)),
        _ => inputs_BCHW[0].mean([2, 3], keepdim: true),
    };

    private Tensor Convolve(Tensor x_BCHW, GraphOperation o)
    {
        using var scope = NewDisposeScope();
        (long top, long bottom) = SamePadding(x_BCHW.shape[2], o);
        (long left, long right) = SamePadding(x_BCHW.shape[3], o);
        // The convolution itself can pad opposite sides alike, without a copy. Other padding needs a copy.
        bool alike = top == bottom && left == right;
        Tensor padded = alike ? x_BCHW : functional.pad(x_BCHW, (left, right, top, bottom));
        Tensor y = functional.conv2d(padded, _weights[$"{o.Name}.weight"], _weights[$"{o.Name}.bias"],
            [o.Stride, o.Stride], alike ? [top, left] : [0L, 0L], groups: o.Groups);
        return (o.Relu6 ? y.BetweenInPlace(0, 6) : y).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes TensorFlow's "SAME" padding: it gives ⌈length / stride⌉ outputs. If the padding is odd, the end gets
    /// one more than the beginning.
    /// </summary>
    private static (long Before, long After) SamePadding(long length, GraphOperation o)
    {
        long outputs = (length + o.Stride - 1) / o.Stride;
        long padding = Math.Max(0, ((outputs - 1) * o.Stride) + o.Kernel - length);
        return (padding / 2, padding - (padding / 2));
    }

    private static int SizeIn(SafetensorsHeader header, string path)
    {
        if (!header.Metadata.TryGetValue("input_size", out string? text)) return StandardSize;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) &&
            size is > 0 and <= LargestSize
            ? size
            : throw new StarlingException($"{path}: 'input_size' in its metadata is {text}, not 1 to {LargestSize}");
    }
}
