using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>The quantizer's result for a batch of latents (h, w: token rows and columns).</summary>
/// <param name="Codes">[B, D, h, w]: the chosen codes at unit length. Their gradient goes to the latents.</param>
/// <param name="Indices">[B, h·w]: the numbers of the chosen codes, int64, row by row.</param>
/// <param name="Latents">[B·h·w, D]: the latents at unit length, without gradient.</param>
/// <param name="VqLoss">Scalar: mean squared distance of codes and latents, with gradient to the codebook.</param>
/// <param name="CommitLoss">Scalar: 0.25 times the same distance, with gradient to the encoder.</param>
public sealed record Quantized(Tensor Codes, Tensor Indices, Tensor Latents, Tensor VqLoss, Tensor CommitLoss);
