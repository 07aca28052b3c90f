using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>What the quantiser made of a batch of latents (h, w: token rows and columns).</summary>
/// <param name="Codes">[B, D, h, w]: the chosen codes at unit length, with the latents' gradient.</param>
/// <param name="Indices">[B, h·w], int64, row by row.</param>
/// <param name="Latents">[B·h·w, D]: the latents at unit length, without gradient.</param>
/// <param name="VqLoss">Scalar: mean squared distance, with gradient to the codebook.</param>
/// <param name="CommitLoss">Scalar: 0.25 times the same, with gradient to the encoder.</param>
public sealed record Quantized(Tensor Codes, Tensor Indices, Tensor Latents, Tensor VqLoss, Tensor CommitLoss);
