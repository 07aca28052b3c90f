// B: images, C: channels, H, W: rows and columns of a feature map, N = H·W
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Tokenizer;

/// <summary>
/// The VQ model's building blocks (vq_model.py). Each method applies a block with the parameters under a name.
/// </summary>
internal sealed class VqLayers(VqShape shape, ParameterStore weights)
{
    private const double NormEpsilon = 1e-6;
    private static readonly long[] One = [1, 1], Two = [2, 2], Zero = [0, 0];

    /// <summary>Applies a convolution of stride 1, which keeps the image's size.</summary>
    public Tensor Convolve(Tensor x_BCHW, string name)
    {
        Tensor kernel = weights[$"{name}.weight"];
        return functional.conv2d(x_BCHW, kernel, weights[$"{name}.bias"], One, kernel.size(2) == 3 ? One : Zero);
    }

    /// <summary>Applies GroupNorm, then x·sigmoid(x), then a 3×3 convolution.</summary>
    public Tensor Activated(Tensor x_BCHW, string norm, string convolution) =>
        Convolve(functional.silu(Norm(x_BCHW, norm)), convolution);

    /// <summary>Applies ResnetBlock: two activated convolutions beside a shortcut.</summary>
    public Tensor Residual(Tensor x_BCHW, string name)
    {
        Tensor h = Activated(x_BCHW, $"{name}.norm1", $"{name}.conv1");
        h = Activated(h, $"{name}.norm2", $"{name}.conv2");
        bool widens = weights.Layout.Contains($"{name}.nin_shortcut.weight");
        return (widens ? Convolve(x_BCHW, $"{name}.nin_shortcut") : x_BCHW).Plus(h);
    }

    /// <summary>Applies AttnBlock: attention of one head over all positions, beside a shortcut.</summary>
    public Tensor Attend(Tensor x_BCHW, string name)
    {
        Tensor normal = Norm(x_BCHW, $"{name}.norm");
        long[] size = x_BCHW.shape;
        Tensor mixed_B1NC = functional.scaled_dot_product_attention(Rows("q"), Rows("k"), Rows("v"));
        Tensor mixed_BCHW = mixed_B1NC.transpose(2, 3).reshape(size);
        return x_BCHW.Plus(Convolve(mixed_BCHW, $"{name}.proj_out"));

        Tensor Rows(string part) =>
            Convolve(normal, $"{name}.{part}").reshape(size[0], 1, size[1], size[2] * size[3]).transpose(2, 3);
    }

    /// <summary>Halves the image: pads zeros right and below, then applies a 3×3 convolution of stride 2.</summary>
    public Tensor Downsample(Tensor x_BCHW, string name) => functional.conv2d(
        functional.pad(x_BCHW, (0, 1, 0, 1)), weights[$"{name}.weight"], weights[$"{name}.bias"], Two, Zero);

    /// <summary>Doubles the image by repeating pixels, then applies a convolution.</summary>
    public Tensor Upsample(Tensor x_BCHW, string name) =>
        Convolve(functional.interpolate(x_BCHW, scale_factor: [2, 2]), name);

    /// <summary>Applies the coarsest level's three blocks: residual, attention, residual.</summary>
    public Tensor Middle(Tensor x_BCHW, string name) =>
        Residual(Attend(Residual(x_BCHW, $"{name}.0"), $"{name}.1"), $"{name}.2");

    private Tensor Norm(Tensor x_BCHW, string name) => functional.group_norm(
        x_BCHW, shape.NormGroups, weights[$"{name}.weight"], weights[$"{name}.bias"], NormEpsilon);
}
