using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Features;

/// <summary>Opens feature networks, whichever kind a file holds.</summary>
public static class FeatureNetworks
{
    /// <summary>The network of a file; its metadata tells the kind.</summary>
    /// <exception cref="StarlingException">No such file, or no network of a known kind.</exception>
    public static IFeatureNetwork Load(string path, Device? device = null)
    {
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        if (ConvolutionNetwork.Recognises(header)) return ConvolutionNetwork.Load(path, device);
        return ImageClassifier.Load(path, device);
    }
}
