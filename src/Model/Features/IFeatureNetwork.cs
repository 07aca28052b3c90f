using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>
/// A frozen network whose features a Fréchet distance is measured on. The name goes into every report: distances on
/// different networks are not comparable, and only one on the Inception network may be called FID.
/// </summary>
public interface IFeatureNetwork : IDisposable
{
    /// <summary>Its name, with a version: a network trained again is another one.</summary>
    string Name { get; }

    /// <summary>Width of the features.</summary>
    int Dimensions { get; }

    /// <summary>Images [B, 3, H, W] in [−1, 1] to float32 features [B, Dimensions]. No gradient.</summary>
    Tensor Features(Tensor images_B3HW);
}
