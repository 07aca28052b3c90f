using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>The hidden states of one forward pass, [B, S, D], before the final norm.</summary>
/// <param name="Mid">The residual stream after the tapped block.</param>
/// <param name="Last">
/// The residual stream after the last block; the same tensor as <paramref name="Mid"/> if the last block is tapped.
/// </param>
public readonly record struct GptFeatures(Tensor Mid, Tensor Last);
