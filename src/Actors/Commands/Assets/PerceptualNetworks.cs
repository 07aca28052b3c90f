using Starling.Data;
using Starling.Model.Features;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Commands.Assets;

/// <summary>Opens the network of a tokenizer's perceptual loss, of either kind.</summary>
internal static class PerceptualNetworks
{
    /// <summary>
    /// Reads the network of a file, or returns null for no file. The weights are not freed before the process ends.
    /// </summary>
    /// <exception cref="StarlingException">The file holds no network of either kind.</exception>
    public static IPerceptualLoss? Load(string? path)
    {
        if (path is null) return null;
        return SafetensorsFile.ReadHeader(path).Metadata.GetValueOrDefault("format") == ImageClassifier.Format
            ? new FeatureLoss(ImageClassifier.Load(path))
            : LpipsLoss.Load(path);
    }
}
