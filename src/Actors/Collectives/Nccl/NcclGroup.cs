using System.Runtime.InteropServices;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives.Nccl;

/// <summary>
/// A group of one generation over an NCCL communicator. The communicator is non-blocking: calls return at once, and the
/// calling thread asks in a loop whether they are done. The calling thread therefore notices a timeout or an abort even
/// if a dead peer never answers.
/// </summary>
internal sealed unsafe class NcclGroup : CollectiveGroup
{
    /// <summary>
    /// NCCL works on libtorch's default stream, because TorchSharp offers no other. The stream keeps NCCL's work after
    /// the computation of what is sent and before the use of what is received.
    /// </summary>
    private static readonly nint Stream = nint.Zero;

    private readonly Lock _gate = new();
    private readonly CollectiveOptions _options;
    private nint _communicator;
    private Tensor? _signals;

    public NcclGroup(GroupMember member, CollectiveOptions options) : base(member, CUDA)
    {
        _options = options;
        EngineAddress = [];
        if (member.Rank != 0) return;
        NcclNative.UniqueId id;
        Check(NcclNative.GetUniqueId(&id));
        EngineAddress = new ReadOnlySpan<byte>(&id, NcclNative.UniqueId.Size).ToArray();
    }

    public override byte[] EngineAddress { get; }

    public override void Dispose()
    {
        Abort("disposed");
        _signals?.Dispose();
    }

    protected override void Open(IReadOnlyList<byte[]> engineAddresses)
    {
        if (engineAddresses[0].Length != NcclNative.UniqueId.Size)
            throw new CollectiveException(CollectiveFault.Mismatch,
                $"{Member}: rank 0's address has {engineAddresses[0].Length} bytes, not {NcclNative.UniqueId.Size}: " +
                "it has another engine");
        NcclNative.UniqueId id = MemoryMarshal.Read<NcclNative.UniqueId>(engineAddresses[0]);
        Issue(() =>
        {
            NcclNative.Config config = NcclNative.Config.NonBlocking();
            nint communicator;
            NcclResult result = NcclNative.CommInitRankConfig(&communicator, Member.Size, id, Member.Rank, &config);
            _communicator = communicator;
            return result;
        });
        Await(new Deadline(_options.ConnectTimeout), Communicated);
        _signals = zeros(2, Member.Size, ScalarType.Byte, Device).DetachFromDisposeScope(); // ours, theirs
    }

    protected override void Move(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives)
    {
        using var scope = NewDisposeScope();
        Deadline deadline = new(_options.OperationTimeout);
        Run(sends, receives, deadline);
        // A send is done for NCCL when the data is on its way. So each peer sends one byte after it has received
        // everything: when that byte is here, no data is under way, and the communicator may be freed.
        int[] peers = [.. sends.Concat(receives).Select(t => t.Peer).Distinct()];
        Tensor signals = _signals ?? throw new InvalidOperationException("not connected");
        Run([.. peers.Select(peer => new Transfer(peer, signals[0, Member.Rank]))],
            [.. peers.Select(peer => new Transfer(peer, signals[1, peer]))], deadline);
        Await(deadline, () => Communicated() && StreamDone());
        GC.KeepAlive(sends);
        GC.KeepAlive(receives);
    }

    /// <summary>
    /// Aborts and frees the communicator. Destroying the communicator instead would wait for a lost peer.
    /// </summary>
    protected override void Wake(string reason)
    {
        lock (_gate)
        {
            if (_communicator != nint.Zero) _ = NcclNative.CommAbort(_communicator);
            _communicator = nint.Zero;
        }
    }

    /// <summary>Puts sends and receives on the stream, and waits until NCCL has accepted them.</summary>
    private void Run(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives, Deadline deadline)
    {
        Issue(() =>
        {
            // In an NCCL group, all sends and receives proceed at the same time, and none waits for another.
            NcclResult result = NcclNative.GroupStart();
            foreach (Transfer t in receives)
                result = First(result, NcclNative.Receive(
                    Aten.DataPointer(t.Values), Length(t), NcclNative.Bytes, t.Peer, _communicator, Stream));
            foreach (Transfer t in sends)
                result = First(result, NcclNative.Send(
                    Aten.DataPointer(t.Values), Length(t), NcclNative.Bytes, t.Peer, _communicator, Stream));
            return First(result, NcclNative.GroupEnd()); // a group has to be closed also after an error
        });
        // Before that, the work may not be on the stream yet, and the communicator accepts no other work.
        Await(deadline, Communicated);
    }

    private static nuint Length(Transfer t) => (nuint)(t.Values.numel() * t.Values.element_size());

    private static NcclResult First(NcclResult earlier, NcclResult later) =>
        earlier is NcclResult.Success or NcclResult.InProgress ? later : earlier;

    /// <summary>
    /// Makes a call under the lock, so that an abort does not free the communicator while NCCL uses it. The calls are
    /// non-blocking, so an abort never waits long for the lock.
    /// </summary>
    private void Issue(Func<NcclResult> call)
    {
        lock (_gate)
        {
            if (AbortReason is not null) throw Aborted();
            NcclResult result = call();
            if (result != NcclResult.InProgress) Check(result);
        }
    }

    private void Await(Deadline deadline, Func<bool> done)
    {
        SpinWait spin = default;
        while (!done())
        {
            if (deadline.Passed)
                throw new CollectiveException(CollectiveFault.TimedOut, $"{Member}: not all members came in time");
            spin.SpinOnce();
        }
    }

    /// <summary>
    /// Tells whether NCCL has nothing in progress on the host's side. Throws if NCCL has found an error in the
    /// background.
    /// </summary>
    private bool Communicated()
    {
        lock (_gate)
        {
            if (_communicator == nint.Zero) throw Aborted();
            NcclResult state;
            Check(NcclNative.CommGetAsyncError(_communicator, &state));
            if (state == NcclResult.InProgress) return false;
            Check(state);
            return true;
        }
    }

    private bool StreamDone()
    {
        int result = NcclNative.StreamQuery(Stream);
        return result switch
        {
            NcclNative.CudaSuccess => true,
            NcclNative.CudaNotReady => false,
            _ => throw new CollectiveException(CollectiveFault.PeerLost, $"{Member}: CUDA error {result}"),
        };
    }

    private void Check(NcclResult result)
    {
        if (result == NcclResult.Success) return;
        string text = Marshal.PtrToStringUTF8(NcclNative.GetErrorString(result)) ?? result.ToString();
        throw new CollectiveException(
            result is NcclResult.InvalidArgument or NcclResult.InvalidUsage
                ? CollectiveFault.Mismatch
                : CollectiveFault.PeerLost,
            $"{Member}: NCCL: {text}");
    }
}
