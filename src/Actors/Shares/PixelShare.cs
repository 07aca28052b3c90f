using Starling.Data.Batches;

namespace Starling.Actors.Shares;

/// <summary>A share as pixels, which the trainer tokenizes. It is never sent to another process.</summary>
public sealed record PixelShare(ReplicaBatch Batch)
    : ReplicaShare(Batch.Step, Batch.Replica, Batch.Labels, Batch.Bad);
