using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>A distance between images as a network sees them.</summary>
public interface IPerceptualLoss
{
    /// <summary>What it is, for logs and file metadata.</summary>
    string Name { get; }

    /// <summary>The mean distance over the batch, a scalar with gradient to <paramref name="images_B3HW"/>.</summary>
    /// <param name="images_B3HW">Reconstructions in [−1, 1].</param>
    /// <param name="targets_B3HW">Originals in [−1, 1].</param>
    Tensor Distance(Tensor images_B3HW, Tensor targets_B3HW);
}
