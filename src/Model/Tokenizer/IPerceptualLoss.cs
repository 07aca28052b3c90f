using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>A distance between images, measured on a network's features.</summary>
public interface IPerceptualLoss
{
    /// <summary>The name of the distance, for logs and file metadata.</summary>
    string Name { get; }

    /// <summary>
    /// Computes the mean distance over the batch, a scalar with gradient to <paramref name="images_B3HW"/>.
    /// </summary>
    /// <param name="images_B3HW">Reconstructions in [−1, 1].</param>
    /// <param name="targets_B3HW">Originals in [−1, 1].</param>
    Tensor Distance(Tensor images_B3HW, Tensor targets_B3HW);
}
