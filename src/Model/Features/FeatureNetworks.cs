using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>Opens feature networks of every kind.</summary>
public static class FeatureNetworks
{
    /// <summary>Reads the network of a file. The metadata of the file tells which kind it is.</summary>
    /// <exception cref="StarlingException">The file does not exist, or holds no network of a known kind.</exception>
    public static IFeatureNetwork Load(string path, Device? device = null)
    {
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        if (ConvolutionNetwork.Recognizes(header)) return ConvolutionNetwork.Load(path, device);
        return ImageClassifier.Load(path, device);
    }
}
