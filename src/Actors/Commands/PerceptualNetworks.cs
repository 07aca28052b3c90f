using Starling.Data;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Commands;

/// <summary>Opens the network of a tokenizer's perceptual loss, whichever kind the file holds.</summary>
internal static class PerceptualNetworks
{
    /// <summary>The loss, or null for no file.</summary>
    /// <exception cref="StarlingException">The file holds no such network.</exception>
    public static IPerceptualLoss? Load(string? path) => path is null ? null : LpipsLoss.Load(path);
}
