using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>Operations of a whole group, each made of exchanges.</summary>
public static class CollectiveOperations
{
    /// <summary>Elements of a piece of <see cref="Broadcast"/>: long copies show progress within the timeout.</summary>
    private const long BroadcastElements = 1 << 24;

    /// <summary>All members' tensors by rank.</summary>
    /// <param name="group">The group.</param>
    /// <param name="mine">This member's; all have the same shape and type.</param>
    public static IReadOnlyList<Tensor> AllGather(this ICollectiveGroup group, Tensor mine)
    {
        using var scope = NewDisposeScope();
        GroupMember me = group.Member;
        Tensor[] all = new Tensor[me.Size];
        all[me.Rank] = mine.alias().MoveToOuterDisposeScope();
        foreach (int peer in me.Others) all[peer] = empty_like(mine).MoveToOuterDisposeScope();
        group.Exchange(
            [.. me.Others.Select(peer => new Transfer(peer, mine))],
            [.. me.Others.Select(peer => new Transfer(peer, all[peer]))]);
        return all;
    }

    /// <summary>Returns when all members have called it.</summary>
    public static void Barrier(this ICollectiveGroup group)
    {
        using var scope = NewDisposeScope();
        _ = group.AllGather(zeros(1, ScalarType.Byte, group.Device));
    }

    /// <summary>
    /// Copies one member's tensors to some of the others: how a newcomer gets weights, moments and teacher. Called by
    /// the source and the receivers, with tensors of the same shapes in the same order; the others need not.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="tensors">Contiguous, on any device; read at the source, overwritten at the receivers.</param>
    /// <param name="source">The rank that has them.</param>
    /// <param name="receivers">The ranks that get them.</param>
    public static void Broadcast(
        this ICollectiveGroup group, IReadOnlyList<Tensor> tensors, int source, IReadOnlyCollection<int> receivers)
    {
        using var noGrad = no_grad();
        bool sends = group.Member.Rank == source;
        if (!sends && !receivers.Contains(group.Member.Rank))
            throw new ArgumentException($"{group.Member} neither has the tensors nor gets them", nameof(receivers));
        foreach (Tensor whole in tensors)
        {
            using var scope = NewDisposeScope();
            Tensor flat = whole.detach().view(-1);
            foreach (VectorRange piece in VectorRange.Split(flat.numel(), BroadcastElements))
            {
                using var pieceScope = NewDisposeScope();
                Tensor part = piece.Of(flat), carried = part.to(group.Device);
                if (sends) group.Exchange([.. receivers.Select(rank => new Transfer(rank, carried))], []);
                else
                {
                    group.Exchange([], [new Transfer(source, carried)]);
                    if (part.device_type != group.Device.type) part.copy_(carried);
                }
            }
        }
    }
}
