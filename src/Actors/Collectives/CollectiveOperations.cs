using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>Operations of a whole group, each built from exchanges.</summary>
public static class CollectiveOperations
{
    /// <summary>
    /// Elements that <see cref="Broadcast"/> sends in one exchange. The timeout starts anew with each exchange, so a
    /// long copy is sent in pieces.
    /// </summary>
    private const long BroadcastElements = 1 << 24;

    /// <summary>Collects the tensors of all members.</summary>
    /// <param name="group">The group.</param>
    /// <param name="mine">This member's tensor; all members' tensors have the same shape and type.</param>
    /// <returns>The tensors by rank, in the caller's dispose scope.</returns>
    /// <exception cref="CollectiveException">The exchange failed.</exception>
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

    /// <summary>Waits until all members have called this method.</summary>
    /// <exception cref="CollectiveException">The exchange failed.</exception>
    public static void Barrier(this ICollectiveGroup group)
    {
        using var scope = NewDisposeScope();
        _ = group.AllGather(zeros(1, ScalarType.Byte, group.Device));
    }

    /// <summary>
    /// Copies one member's tensors to some of the other members, so that a newcomer gets weights, moments and teacher.
    /// The source and the receivers call it, with tensors of the same shapes in the same order; other members do not.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="tensors">Contiguous, on any device; read at the source, overwritten at the receivers.</param>
    /// <param name="source">The rank that sends the tensors.</param>
    /// <param name="receivers">The ranks that receive the tensors.</param>
    /// <exception cref="CollectiveException">An exchange failed.</exception>
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
