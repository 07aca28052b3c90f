using Starling.Data.Batches;

namespace Starling.Actors.Shares;

/// <summary>A share as tokens, which may be sent to another node.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Replica">The replica, 0..L−1.</param>
/// <param name="Views">M, views of each image.</param>
/// <param name="Tokens">T, codes of each view.</param>
/// <param name="Codes">Codes (images, M, T).</param>
/// <param name="Labels">Classes of the share's images.</param>
/// <param name="Bad">Images of the share that could not be decoded and were replaced.</param>
public sealed record TokenShare(long Step, int Replica, int Views, int Tokens, ReadOnlyMemory<int> Codes,
    IReadOnlyList<int> Labels, IReadOnlyList<BadImage> Bad) : ReplicaShare(Step, Replica, Labels, Bad);
