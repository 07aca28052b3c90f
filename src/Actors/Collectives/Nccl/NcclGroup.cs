using System.Runtime.InteropServices;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives.Nccl;

/// <summary>
/// A communicator of one generation. It is non-blocking: calls return at once, and this thread asks whether they are
/// done, so that a timeout or an abort from another thread is noticed although a dead peer's messages never come.
/// </summary>
internal sealed unsafe class NcclGroup : CollectiveGroup
{
    /// <summary>
    /// libtorch's own stream, as TorchSharp has no other: what is sent was computed on it before, and what is received
    /// is read on it afterwards.
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
        // NCCL is done with a send when the data is on its way. A peer's byte comes after it has received everything:
        // with that, nobody frees the communicator under data that is still under way.
        int[] peers = [.. sends.Concat(receives).Select(t => t.Peer).Distinct()];
        Tensor signals = _signals ?? throw new InvalidOperationException("not connected");
        Run([.. peers.Select(peer => new Transfer(peer, signals[0, Member.Rank]))],
            [.. peers.Select(peer => new Transfer(peer, signals[1, peer]))], deadline);
        Await(deadline, () => Communicated() && StreamDone());
        GC.KeepAlive(sends);
        GC.KeepAlive(receives);
    }

    /// <summary>
    /// Aborting also frees the communicator, and is the only way out of one with a lost peer: destroying it would wait.
    /// </summary>
    protected override void Wake(string reason)
    {
        lock (_gate)
        {
            if (_communicator != nint.Zero) _ = NcclNative.CommAbort(_communicator);
            _communicator = nint.Zero;
        }
    }

    /// <summary>Puts sends and receives on the stream.</summary>
    private void Run(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives, Deadline deadline)
    {
        Issue(() =>
        {
            // One group: sends and receives go on at the same time, and none waits for another.
            NcclResult result = NcclNative.GroupStart();
            foreach (Transfer t in receives)
                result = First(result, NcclNative.Receive(
                    Aten.DataPointer(t.Values), Length(t), NcclNative.Bytes, t.Peer, _communicator, Stream));
            foreach (Transfer t in sends)
                result = First(result, NcclNative.Send(
                    Aten.DataPointer(t.Values), Length(t), NcclNative.Bytes, t.Peer, _communicator, Stream));
            return First(result, NcclNative.GroupEnd()); // also after an error: the group has to be closed
        });
        // Until then the stream may not have the work, and the communicator takes no other.
        Await(deadline, Communicated);
    }

    private static nuint Length(Transfer t) => (nuint)(t.Values.numel() * t.Values.element_size());

    private static NcclResult First(NcclResult earlier, NcclResult later) =>
        earlier is NcclResult.Success or NcclResult.InProgress ? later : earlier;

    /// <summary>
    /// Makes a call under the lock: the communicator must not be freed by an abort while NCCL is using it. The calls
    /// are non-blocking, so an abort never waits long.
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
    /// Whether NCCL has nothing in progress on the host's side; throws what it found in the background.
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
