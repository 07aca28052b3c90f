using Starling.Data.Batches;

namespace Starling.Actors.Shares;

/// <summary>A share as pixels, for the trainer to tokenise. Stays within the process.</summary>
public sealed record PixelShare(ReplicaBatch Batch)
    : ReplicaShare(Batch.Step, Batch.Replica, Batch.Labels, Batch.Bad);
