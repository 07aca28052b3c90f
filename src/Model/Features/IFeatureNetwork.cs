using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>
/// A frozen network whose features a Fréchet distance is measured on. Every report names the network, because distances
/// on different networks do not compare. Only a distance on the Inception network may be called FID.
/// </summary>
public interface IFeatureNetwork : IDisposable
{
    /// <summary>The network's name, with a version, because a network that is trained again is another one.</summary>
    string Name { get; }

    /// <summary>Width of the features.</summary>
    int Dimensions { get; }

    /// <summary>
    /// Computes the float32 features [B, Dimensions] of images [B, 3, H, W] in [−1, 1], without gradient.
    /// </summary>
    Tensor Features(Tensor images_B3HW);
}
