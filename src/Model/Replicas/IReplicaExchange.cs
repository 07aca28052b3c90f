using static TorchSharp.torch;

namespace Starling.Model.Replicas;

/// <summary>
/// The exchange between the trainers of a generation in a step. With one trainer nothing leaves the process; with
/// several, a collective engine carries the data. Called on the trainer's thread only.
/// </summary>
public interface IReplicaExchange
{
    /// <summary>
    /// Gathers the values of all replicas, concatenated along the first dimension in the order of the replicas.
    /// </summary>
    /// <param name="hosted">The values of this trainer's replicas, in the order of the replicas.</param>
    Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted);

    /// <summary>Computes the sum over all replicas, in the order of the tree.</summary>
    /// <param name="hosted">The sums of the subtrees that this trainer has computed.</param>
    /// <returns>
    /// The sum, in a buffer of <paramref name="hosted"/> or of the exchange, which the caller may change. It is valid
    /// until <paramref name="hosted"/> is cleared or the exchange computes the next sum.
    /// </returns>
    Tensor Sum(ReplicaSum hosted);

    /// <summary>
    /// Returns when every trainer of the generation has the step's sum. No trainer changes its state before its call
    /// returns. If the call fails on one trainer, other trainers may have passed the barrier and applied the step. The
    /// next generation then goes on from their state. If no trainer passed the barrier, the step is computed again.
    /// </summary>
    void Confirm();
}
