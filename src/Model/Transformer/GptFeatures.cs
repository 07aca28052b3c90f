using static TorchSharp.torch;

namespace Starling.Model.Transformer;

/// <summary>Hidden states of one forward pass, [B, S, D], before the final norm.</summary>
/// <param name="Mid">The residual stream after the block that was tapped.</param>
/// <param name="Last">The residual stream after the last block; the same tensor if that is the one tapped.</param>
public readonly record struct GptFeatures(Tensor Mid, Tensor Last);
