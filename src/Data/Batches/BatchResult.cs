namespace Starling.Data.Batches;

/// <summary>What became of one request: a batch, or the reason why there is none.</summary>
/// <param name="Step">The step of the request, from 0.</param>
/// <param name="Replica">The replica of the request.</param>
/// <param name="Batch">The batch; null if it could not be made.</param>
/// <param name="Failure">Why it could not be made; null if there is a batch.</param>
public sealed record BatchResult(long Step, int Replica, ReplicaBatch? Batch, Exception? Failure);
