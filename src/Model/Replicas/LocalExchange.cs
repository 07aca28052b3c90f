using static TorchSharp.torch;

namespace Starling.Model.Replicas;

/// <summary>The exchange of a trainer that hosts all replicas itself.</summary>
public sealed class LocalExchange(int replicas) : IReplicaExchange
{
    /// <inheritdoc/>
    public Tensor Gather(IReadOnlyList<(int Replica, Tensor Value)> hosted)
    {
        if (hosted.Count != replicas)
            throw new ArgumentException($"{hosted.Count} of {replicas} replicas", nameof(hosted));
        return cat([.. hosted.OrderBy(h => h.Replica).Select(h => h.Value)]);
    }

    /// <inheritdoc/>
    public Tensor Sum(ReplicaSum hosted) => hosted.Subtrees[TreeNode.Root(replicas)];

    /// <inheritdoc/>
    public void Confirm()
    {
    }
}
