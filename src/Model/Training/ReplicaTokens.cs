// Shapes: b images of the replica, M views, T codes.
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>The token codes of one replica's share of a step.</summary>
/// <param name="Replica">
/// Number of the replica, 0 to L−1. Replica r has the images [r·B/L, (r+1)·B/L) of the global batch of B.
/// </param>
/// <param name="Codes_bMT">Codes of every view of every image, int64 [b, M, T], on the training device.</param>
/// <param name="Labels">The class of each image.</param>
public sealed record ReplicaTokens(int Replica, Tensor Codes_bMT, IReadOnlyList<int> Labels);
