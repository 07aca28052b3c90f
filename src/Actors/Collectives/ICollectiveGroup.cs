using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>
/// One trainer's end of the group of a generation. After any failure a group stays broken: the survivors form the next
/// group with new sockets, so that a late member of the old group cannot reach them. All methods but
/// <see cref="Abort"/> are called on one thread, and block it.
/// </summary>
/// <remarks>
/// A generation has this order: all members call <see cref="ICollectiveEngine.Bind"/>; the supervisor sends every
/// <see cref="EngineAddress"/> to every member; all members call <see cref="Connect"/>; exchanges; Dispose.
/// </remarks>
public interface ICollectiveGroup : IDisposable
{
    /// <summary>Rank and group of this end.</summary>
    GroupMember Member { get; }

    /// <summary>The device on which the tensors of an exchange have to be.</summary>
    Device Device { get; }

    /// <summary>Bytes that the other members need to connect to this one; opaque, at most a few kilobytes.</summary>
    byte[] EngineAddress { get; }

    /// <summary>
    /// Connects to all other members, and checks that all agree on generation, size, ranks and plan.
    /// </summary>
    /// <param name="engineAddresses">The addresses of all members by rank, including this member's.</param>
    /// <param name="planHash">Hash of the plan: <see cref="GroupPlan.Hash"/>.</param>
    /// <exception cref="CollectiveException">
    /// Members disagree (<see cref="CollectiveFault.Mismatch"/> on both sides, naming both values); or a member is
    /// lost, or does not connect within the connect timeout, or the group was aborted.
    /// </exception>
    void Connect(IReadOnlyList<byte[]> engineAddresses, string planHash);

    /// <summary>
    /// Sends and receives at the same time, and returns when all transfers have arrived. The transfers between two
    /// members are matched in the order given, and must agree in number and size.
    /// </summary>
    /// <param name="sends">Tensors to send; only read.</param>
    /// <param name="receives">Tensors to overwrite with what is received; undefined after a failure.</param>
    /// <exception cref="CollectiveException">The exchange failed; the group is broken.</exception>
    void Exchange(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives);

    /// <summary>
    /// Ends the group, from any thread. A blocked call throws at once (<see cref="CollectiveFault.Aborted"/>), and so
    /// does every later call. The other members lose their connections to this one. Later calls of Abort change
    /// nothing, and it may be called after Dispose.
    /// </summary>
    void Abort(string reason);
}
