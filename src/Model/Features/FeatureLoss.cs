// B: images, C: channels, H, W: rows and columns
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>
/// A perceptual distance for data sets without a pretrained network: LPIPS without learned heads, on the feature maps
/// of a classifier that this program trained. The channels at each position are scaled to unit length; their squared
/// differences are averaged over positions and summed over levels.
/// </summary>
/// <param name="network">A frozen classifier; the caller disposes it.</param>
public sealed class FeatureLoss(ImageClassifier network) : IPerceptualLoss
{
    /// <inheritdoc/>
    public string Name => $"features of {network.Name}";

    /// <inheritdoc/>
    public Tensor Distance(Tensor images_B3HW, Tensor targets_B3HW)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<Tensor> images = network.Levels(images_B3HW), targets = Targets(targets_B3HW);
        Tensor? sum = null;
        for (int level = 0; level < images.Count; level++)
        {
            Tensor distance = (Unit(images[level]) - Unit(targets[level])).Squared().sum([1]).mean([1, 2]).mean();
            sum = sum is null ? distance : sum.Plus(distance);
        }
        return sum!.MoveToOuterDisposeScope();
    }

    private IReadOnlyList<Tensor> Targets(Tensor targets_B3HW)
    {
        using var noGrad = no_grad();
        return network.Levels(targets_B3HW);
    }

    private static Tensor Unit(Tensor x_BCHW)
    {
        Tensor x = x_BCHW.to(float32);
        // The small number is added below the root, because the root has no gradient at 0.
        return x / x.Squared().sum([1], keepdim: true).PlusScalar(1e-8).sqrt();
    }
}
