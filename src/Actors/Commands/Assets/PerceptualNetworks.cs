using Starling.Data;
using Starling.Model.Features;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Commands.Assets;

/// <summary>Opens the network of a tokenizer's perceptual loss, whichever kind the file holds.</summary>
internal static class PerceptualNetworks
{
    /// <summary>The loss, or null for no file. Its weights live as long as the process.</summary>
    /// <exception cref="StarlingException">The file holds no such network.</exception>
    public static IPerceptualLoss? Load(string? path)
    {
        if (path is null) return null;
        return SafetensorsFile.ReadHeader(path).Metadata.GetValueOrDefault("format") == ImageClassifier.Format
            ? new FeatureLoss(ImageClassifier.Load(path))
            : LpipsLoss.Load(path);
    }
}
