using Starling.Data.Batches;

namespace Starling.Actors.Shares;

/// <summary>One logical replica's share of a step.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Replica">The replica, 0..L−1.</param>
/// <param name="Labels">Classes of the share's images.</param>
/// <param name="Bad">Images of the share that could not be decoded and were replaced.</param>
public abstract record ReplicaShare(
    long Step, int Replica, IReadOnlyList<int> Labels, IReadOnlyList<BadImage> Bad);
