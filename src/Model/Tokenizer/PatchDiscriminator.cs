// B: images, C: channels, H, W: rows and columns
using Starling.Data.Randomness;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Starling.Model.Tokenizer;

/// <summary>
/// PatchGAN's discriminator as in LlamaGen (discriminator_patchgan.py): five 4×4 convolutions with batch norm between
/// them. It gives one number for each of the overlapping patches; the number is larger for real images. Batch norm
/// always uses the statistics of the batch, because the discriminator runs in training only.
/// </summary>
public sealed class PatchDiscriminator(ParameterStore weights)
{
    /// <summary>Smallest side of an image; of a smaller one, the five convolutions leave no patch.</summary>
    public const int SmallestSide = 24;

    private const int NormedConvolutions = 3;
    private static readonly Scalar Slope = Scalars.Make(0.2);

    /// <summary>Parameters of the network.</summary>
    public ParameterStore Weights => weights;

    /// <summary>
    /// Returns names and shapes of the parameters. The first convolution has <paramref name="width"/> channels
    /// (LlamaGen: 64).
    /// </summary>
    public static ParameterLayout Layout(int width)
    {
        List<ParameterShape> names = [new("main.0.weight", width, 3, 4, 4), new("main.0.bias", width)];
        for (int i = 1; i <= NormedConvolutions; i++)
        {
            long from = width << (i - 1), to = width << i;
            names.Add(new($"main.{(3 * i) - 1}.weight", to, from, 4, 4));
            names.Add(new($"main.{3 * i}.weight", to));
            names.Add(new($"main.{3 * i}.bias", to));
        }
        return new([.. names, new("main.11.weight", 1, width << NormedConvolutions, 4, 4), new("main.11.bias", 1)]);
    }

    /// <summary>
    /// Fills the weights. Convolutions are drawn from N(0, 0.02), batch norm's gains from N(1, 0.02); all biases are 0.
    /// </summary>
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

    /// <summary>Computes the logits [B, 1, h, w] of the overlapping patches of images [B, 3, H, W].</summary>
    public Tensor Judge(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        Tensor x = functional.conv2d(
            images_B3HW, weights["main.0.weight"], weights["main.0.bias"], [2, 2], [1, 1]).leaky_relu(Slope);
        for (int i = 1; i <= NormedConvolutions; i++)
        {
            long stride = i < NormedConvolutions ? 2 : 1;
            x = functional.conv2d(x, weights[$"main.{(3 * i) - 1}.weight"], null, [stride, stride], [1, 1]);
            x = Normed(x, $"main.{3 * i}").leaky_relu(Slope);
        }
        return functional.conv2d(x, weights["main.11.weight"], weights["main.11.bias"], [1, 1], [1, 1])
            .MoveToOuterDisposeScope();
    }

    /// <summary>Computes the hinge loss: half of mean relu(1 − real) + mean relu(1 + fake).</summary>
    public static Tensor Hinge(Tensor real, Tensor fake) =>
        real.Times(-1).PlusScalar(1).relu().mean().Plus(fake.PlusScalar(1).relu().mean()).Times(0.5);

    private Tensor Normed(Tensor x_BCHW, string name)
    {
        // The call updates running statistics. They are discarded, because batch norm uses the batch's own.
        long channels = x_BCHW.size(1);
        Tensor mean = zeros(channels, device: x_BCHW.device), variance = ones(channels, device: x_BCHW.device);
        return functional.batch_norm(
            x_BCHW, mean, variance, weights[$"{name}.weight"], weights[$"{name}.bias"], training: true);
    }
}
