using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>
/// One trainer's end of the group of a generation. Lives as long as the generation: after any failure it stays broken,
/// and the survivors form the next group with new sockets, so that a straggler of the old one can reach nobody.
/// All calls but <see cref="Abort"/> belong to one thread, and block it.
/// </summary>
/// <remarks>
/// Order of a generation: <see cref="ICollectiveEngine.Bind"/> everywhere; the control plane carries every
/// <see cref="EngineAddress"/> to every member; <see cref="Connect"/> everywhere; exchanges; Dispose.
/// </remarks>
public interface ICollectiveGroup : IDisposable
{
    /// <summary>Who this end is.</summary>
    GroupMember Member { get; }

    /// <summary>Where the tensors of an exchange have to be.</summary>
    Device Device { get; }

    /// <summary>What the others need to connect to this member; opaque, at most a few kilobytes.</summary>
    byte[] EngineAddress { get; }

    /// <summary>
    /// Connects to all other members and compares generation, size, rank and plan with theirs.
    /// </summary>
    /// <param name="engineAddresses">The addresses of all members by rank, this one's included.</param>
    /// <param name="planHash">What the members must agree on: <see cref="GroupPlan.Hash"/>.</param>
    /// <exception cref="CollectiveException">
    /// <see cref="CollectiveFault.Mismatch"/> on both sides if members disagree, naming both values; or a member is
    /// lost, or does not come within the connect timeout, or the group was aborted.
    /// </exception>
    void Connect(IReadOnlyList<byte[]> engineAddresses, string planHash);

    /// <summary>
    /// Sends and receives at once, and returns when all of it has arrived at both ends. Between two members transfers
    /// are matched in the order given, and must agree in number and size.
    /// </summary>
    /// <param name="sends">What goes out. Only read.</param>
    /// <param name="receives">Where it comes in. Undefined after a failure.</param>
    /// <exception cref="CollectiveException">The exchange failed; the group is of no further use.</exception>
    void Exchange(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives);

    /// <summary>
    /// Ends the group from any thread: a blocked call throws at once (<see cref="CollectiveFault.Aborted"/>), as do all
    /// later ones, and the other members lose this one. May be called again, and after Dispose.
    /// </summary>
    void Abort(string reason);
}
