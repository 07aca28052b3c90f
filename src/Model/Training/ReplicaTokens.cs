// Shapes: b images of the replica, M views, T codes.
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>One logical replica's share of a step, as token codes.</summary>
/// <param name="Replica">Which replica, 0..L−1: it owns images [r·B/L, (r+1)·B/L) of the global batch.</param>
/// <param name="Codes_bMT">Codes of every view, int64, on the training device.</param>
/// <param name="Labels">Classes of the images.</param>
public sealed record ReplicaTokens(int Replica, Tensor Codes_bMT, IReadOnlyList<int> Labels);
