using static TorchSharp.torch;

namespace Starling.Model.Replicas;

/// <summary>
/// What the trainers of a generation exchange in a step. With one trainer nothing leaves the process; with several, a
/// collective engine carries it. Called on the trainer's thread only.
/// </summary>
public interface IReplicaExchange
{
    /// <summary>Values of all replicas, concatenated along the first dimension in replica order.</summary>
    /// <param name="hosted">This trainer's replicas, in replica order.</param>
    Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted);

    /// <summary>The sum over all replicas, in tree order.</summary>
    /// <param name="hosted">The sums of the subtrees that this trainer hosts.</param>
    /// <returns>
    /// The root, which the caller may change: a buffer of <paramref name="hosted"/> or of the exchange, valid until the
    /// one is cleared and the other asked for the next sum.
    /// </returns>
    Tensor Sum(ReplicaSum hosted);
}
