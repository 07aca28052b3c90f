// B: images, C: channels, H, W: rows and columns
using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Tokenizer;

/// <summary>
/// LPIPS on VGG16 (Zhang et al., 2018; LlamaGen's lpips.py). The features after each of five groups of convolutions are
/// scaled to unit length at each position. Learned 1×1 heads weight their squared differences, which are averaged over
/// positions and summed over groups.
/// </summary>
public sealed class LpipsLoss : IPerceptualLoss, IDisposable
{
    private const double NormEpsilon = 1e-10;
    private static readonly float[] Shift = [-.030f, -.088f, -.188f], Scale = [.458f, .448f, .450f];

    /// <summary>
    /// The numbers that torchvision gives to VGG16's convolutions. A max-pool precedes each group but the first.
    /// </summary>
    private static readonly int[][] Groups = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]];

    private readonly Dictionary<string, Tensor> _weights;
    private readonly Tensor _shift, _scale;

    private LpipsLoss(Dictionary<string, Tensor> weights, Device device)
    {
        _weights = weights;
        _shift = tensor(Shift, device: device).view(1, 3, 1, 1).DetachFromDisposeScope();
        _scale = tensor(Scale, device: device).view(1, 3, 1, 1).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public string Name => "lpips-vgg16";

    /// <summary>
    /// Reads a safetensors file with torchvision's <c>features.{i}.weight|bias</c> and LPIPS'
    /// <c>lin{0..4}.model.1.weight</c>.
    /// </summary>
    /// <exception cref="StarlingException">The file cannot be read, or does not have one of these tensors.</exception>
    public static LpipsLoss Load(string path, Device? device = null)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> file = SafetensorsFile.Read(path), weights = [];
        IEnumerable<string> names =
        [
            .. Groups.SelectMany(g => g).SelectMany(i => (string[])[$"features.{i}.weight", $"features.{i}.bias"]),
            .. Enumerable.Range(0, Groups.Length).Select(i => $"lin{i}.model.1.weight"),
        ];
        foreach (string name in names)
            weights[name] = file.TryGetValue(name, out Tensor? value)
                ? value.to(float32).to(device ?? CPU)
                : throw new StarlingException($"{path} has no '{name}': LPIPS needs VGG16 and five lin heads");
        foreach (Tensor weight in weights.Values) weight.DetachFromDisposeScope();
        return new LpipsLoss(weights, device ?? CPU);
    }

    /// <inheritdoc/>
    public Tensor Distance(Tensor images_B3HW, Tensor targets_B3HW)
    {
        using var scope = NewDisposeScope();
        Tensor x = Scaled(images_B3HW), y = Scaled(targets_B3HW.detach());
        Tensor? sum = null;
        for (int group = 0; group < Groups.Length; group++)
        {
            (x, y) = (Through(x, group), Through(y, group));
            Tensor difference_BCHW = (Unit(x) - Unit(y)).Squared();
            Tensor weighted_B1HW = functional.conv2d(difference_BCHW, _weights[$"lin{group}.model.1.weight"]);
            Tensor distance_B = weighted_B1HW.mean([1, 2, 3]);
            sum = sum is null ? distance_B : sum.Plus(distance_B);
        }
        return sum!.mean().MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        foreach (Tensor weight in _weights.Values) weight.Dispose();
        _shift.Dispose();
        _scale.Dispose();
    }

    private Tensor Scaled(Tensor images_B3HW) => (images_B3HW - _shift) / _scale;

    private Tensor Through(Tensor x_BCHW, int group)
    {
        if (group > 0) x_BCHW = functional.max_pool2d(x_BCHW, 2L);
        foreach (int i in Groups[group])
            x_BCHW = functional.conv2d(
                x_BCHW, _weights[$"features.{i}.weight"], _weights[$"features.{i}.bias"], padding: [1, 1]).relu();
        return x_BCHW;
    }

    private static Tensor Unit(Tensor x_BCHW) =>
        x_BCHW / x_BCHW.Squared().sum([1], keepdim: true).sqrt().PlusScalar(NormEpsilon);
}
