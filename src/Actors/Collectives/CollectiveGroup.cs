using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>
/// The common part of all engines' groups: exchanges greetings, checks arguments, and breaks the group at the first
/// failure.
/// </summary>
internal abstract class CollectiveGroup(GroupMember member, Device device) : ICollectiveGroup
{
    private string? _abortReason;
    private CollectiveException? _failure;

    public GroupMember Member => member;

    public Device Device => device;

    public abstract byte[] EngineAddress { get; }

    /// <summary>Reason given to <see cref="Abort"/>; null before.</summary>
    protected string? AbortReason => Volatile.Read(ref _abortReason);

    public void Connect(IReadOnlyList<byte[]> engineAddresses, string planHash)
    {
        if (engineAddresses.Count != member.Size)
            throw new ArgumentException(
                $"{engineAddresses.Count} addresses for {member.Size} members", nameof(engineAddresses));
        Guarded(() =>
        {
            Open(engineAddresses);
            Greeting.Exchange(this, planHash);
        });
    }

    public void Exchange(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives)
    {
        foreach (Transfer transfer in sends) Check(transfer);
        foreach (Transfer transfer in receives) Check(transfer);
        Guarded(() => Move(sends, receives));
    }

    public void Abort(string reason)
    {
        if (Interlocked.CompareExchange(ref _abortReason, reason, null) is null) Wake(reason);
    }

    public abstract void Dispose();

    /// <summary>Connects to all other members.</summary>
    protected abstract void Open(IReadOnlyList<byte[]> engineAddresses);

    /// <summary>Carries out an exchange whose arguments were checked.</summary>
    protected abstract void Move(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives);

    /// <summary>
    /// Cuts the connections to the other members, so that blocked calls throw. Called once, on any thread.
    /// </summary>
    protected abstract void Wake(string reason);

    /// <summary>Creates the exception of an aborted group.</summary>
    protected CollectiveException Aborted() =>
        new(CollectiveFault.Aborted, $"{member}: aborted: {AbortReason}");

    private void Guarded(Action work)
    {
        if (_failure is { } earlier) throw new CollectiveException(earlier.Fault, earlier.Message, earlier);
        try
        {
            if (AbortReason is not null) throw Aborted();
            work();
        }
        catch (CollectiveException failure)
        {
            _failure = failure;
            // Members may wait for others that wait for this one. Cutting the connections ends all these waits now.
            Abort(failure.Message);
            throw;
        }
    }

    private void Check(Transfer transfer)
    {
        if (transfer.Peer < 0 || transfer.Peer >= member.Size || transfer.Peer == member.Rank)
            throw new ArgumentException($"{member} has no peer {transfer.Peer}");
        // Engines read and write the tensor's memory directly.
        if (!transfer.Values.is_contiguous() || transfer.Values.numel() == 0)
            throw new ArgumentException("a transfer has to be contiguous and not empty");
        if (transfer.Values.device_type != device.type)
            throw new ArgumentException($"a transfer on {transfer.Values.device} in a group on {device}");
    }
}
