using Starling.Actors.Collectives;
using static TorchSharp.torch;

namespace Starling.Actors.Training;

/// <summary>
/// Brings the members of a group to one state. The source sends its weights, moments, teacher and counters to the
/// members that hold another step, or no state. The state after a step is the same on all trainers, so members that
/// hold the source's step need no copy.
/// </summary>
internal static class StateSync
{
    /// <summary>Copies the state; all members call it. A receiver whose copy fails holds no state any more.</summary>
    /// <param name="group">A connected group.</param>
    /// <param name="memory">This member's state, if it has one.</param>
    /// <param name="source">The rank whose state all members go on from.</param>
    /// <exception cref="CollectiveException">The exchange failed, or the source has no state.</exception>
    public static void Run(ICollectiveGroup group, TrainerMemory memory, int source)
    {
        using var scope = NewDisposeScope();
        GroupMember me = group.Member;
        Tensor mine = tensor(new[] { memory.Step }, device: group.Device);
        long[] steps = [.. group.AllGather(mine).Select(t => t.cpu().data<long>()[0])];
        if (steps[source] < 0)
            throw new CollectiveException(
                CollectiveFault.Mismatch, $"{me}: rank {source} holds no state to go on from");
        int[] behind = [.. Enumerable.Range(0, me.Size).Where(rank => steps[rank] != steps[source])];
        if (behind.Length == 0) return;
        if (me.Rank == source)
            group.Broadcast([.. memory.State.Vectors().Select(v => v.Values)], source, behind);
        else if (behind.Contains(me.Rank))
            memory.Take(steps[source], vectors => group.Broadcast(vectors, source, behind));
    }
}
