// B: images, C: channels, H, W: rows and columns
using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Tokenizer;

/// <summary>
/// PatchGAN's discriminator as in LlamaGen (discriminator_patchgan.py): five 4×4 convolutions, batch norm between, one
/// number for each overlapping patch, larger for real. Batch norm always uses the batch: it is never evaluated alone.
/// </summary>
public sealed class PatchDiscriminator(ParameterStore weights)
{
    /// <summary>Smallest side of an image that the five convolutions leave a patch of.</summary>
    public const int SmallestSide = 24;

    private const int Middle = 3; // convolutions with batch norm
    private static readonly Scalar Slope = Scalars.Make(0.2);

    /// <summary>Parameters of the network.</summary>
    public ParameterStore Weights => weights;

    /// <summary>Names and shapes, for a first width of <paramref name="width"/> channels (LlamaGen: 64).</summary>
    public static ParameterLayout Layout(int width)
    {
        List<ParameterShape> names = [new("main.0.weight", width, 3, 4, 4), new("main.0.bias", width)];
        for (int i = 1; i <= Middle; i++)
        {
            long from = width << (i - 1), to = width << i;
            names.Add(new($"main.{(3 * i) - 1}.weight", to, from, 4, 4));
            names.Add(new($"main.{3 * i}.weight", to));
            names.Add(new($"main.{3 * i}.bias", to));
        }
        return new([.. names, new("main.11.weight", 1, width << Middle, 4, 4), new("main.11.bias", 1)]);
    }

    /// <summary>Fills the weights: convolutions N(0, 0.02), batch norm's gains N(1, 0.02), everything else 0.</summary>
    public static void Initialize(ParameterStore weights, ulong seed)
    {
        using var noGrad = no_grad();
        foreach (ParameterShape parameter in weights.Layout.Parameters)
        {
            if (parameter.Name.EndsWith(".bias", StringComparison.Ordinal)) continue;
            using Tensor target = weights.View(weights.Values, parameter.Name);
            long place = weights.Layout[parameter.Name].Offset;
            TensorRandom.Normal_(target, 0.02, seed, RandomPurpose.TokenizerTraining, place, -1);
            if (parameter.Shape.Length == 1) target.add_(Scalars.One, Scalars.One);
        }
    }

    /// <summary>Images [B, 3, H, W] to logits [B, 1, h, w] of overlapping patches.</summary>
    public Tensor Judge(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        Tensor x = functional.conv2d(
            images_B3HW, weights["main.0.weight"], weights["main.0.bias"], [2, 2], [1, 1]).leaky_relu(Slope);
        for (int i = 1; i <= Middle; i++)
        {
            long stride = i < Middle ? 2 : 1;
            x = functional.conv2d(x, weights[$"main.{(3 * i) - 1}.weight"], null, [stride, stride], [1, 1]);
            x = Normed(x, $"main.{3 * i}").leaky_relu(Slope);
        }
        return functional.conv2d(x, weights["main.11.weight"], weights["main.11.bias"], [1, 1], [1, 1])
            .MoveToOuterDisposeScope();
    }

    /// <summary>Half of mean relu(1 − real) + mean relu(1 + fake).</summary>
    public static Tensor Hinge(Tensor real, Tensor fake) =>
        real.Times(-1).PlusScalar(1).relu().mean().Plus(fake.PlusScalar(1).relu().mean()).Times(0.5);

    private Tensor Normed(Tensor x_BCHW, string name)
    {
        // The running statistics that the call wants to update are of no use here.
        long channels = x_BCHW.size(1);
        Tensor mean = zeros(channels, device: x_BCHW.device), variance = ones(channels, device: x_BCHW.device);
        return functional.batch_norm(
            x_BCHW, mean, variance, weights[$"{name}.weight"], weights[$"{name}.bias"], training: true);
    }
}
