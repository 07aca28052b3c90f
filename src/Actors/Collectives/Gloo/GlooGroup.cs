using System.Runtime.InteropServices;
using System.Text;
using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives.Gloo;

/// <summary>A group of one generation over gloo.</summary>
internal sealed unsafe class GlooGroup : CollectiveGroup
{
    private readonly CollectiveOptions _options;
    private readonly GlooHandle _handle;
    private bool _connected;

    public GlooGroup(GroupMember member, CollectiveOptions options) : base(member, CPU)
    {
        _options = options;
        byte* message = stackalloc byte[GlooNative.MessageCapacity];
        int timeout = Milliseconds(options.ConnectTimeout);
        GlooStatus status = GlooNative.Create(
            member.Rank, member.Size, $"{options.Address}", timeout, out nint group, message,
            GlooNative.MessageCapacity);
        if (status != GlooStatus.Ok)
            throw new StarlingException(
                $"gloo cannot listen on {options.Address}: {Text(message)}", scope: FaultScope.Node);
        _handle = new GlooHandle(group);
        EngineAddress = new byte[GlooNative.Address(_handle, null, 0)];
        fixed (byte* address = EngineAddress) _ = GlooNative.Address(_handle, address, EngineAddress.Length);
    }

    /// <summary>
    /// Where this member listens, and its secret, by which the members know each other's connections from those of
    /// strangers. Whoever has the secret can take a member's place.
    /// </summary>
    public override byte[] EngineAddress { get; }

    public override void Dispose()
    {
        if (_handle.IsClosed) return;
        Abort("disposed");
        _handle.Dispose();
    }

    protected override void Open(IReadOnlyList<byte[]> engineAddresses)
    {
        for (int rank = 0; rank < engineAddresses.Count; rank++)
            if (engineAddresses[rank].Length != EngineAddress.Length)
                throw new CollectiveException(CollectiveFault.Mismatch, $"{Member}: rank {rank}'s address has " +
                    $"{engineAddresses[rank].Length} bytes, not {EngineAddress.Length}: " +
                    "it has another engine");
        byte[] all = [.. engineAddresses.SelectMany(a => a)];
        byte* message = stackalloc byte[GlooNative.MessageCapacity];
        fixed (byte* pointer = all)
            Check(GlooNative.Connect(_handle, pointer, Milliseconds(_options.ConnectTimeout), message,
                GlooNative.MessageCapacity), message);
        _connected = true;
    }

    protected override void Move(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives)
    {
        if (!_connected) throw new InvalidOperationException("not connected");
        GlooNative.Transfer[] transfers =
            [.. sends.Select(t => Native(t, receive: 0)), .. receives.Select(t => Native(t, receive: 1))];
        byte* message = stackalloc byte[GlooNative.MessageCapacity];
        fixed (GlooNative.Transfer* pointer = transfers)
            Check(GlooNative.Exchange(_handle, pointer, transfers.Length, Milliseconds(_options.OperationTimeout),
                message, GlooNative.MessageCapacity), message);
        GC.KeepAlive(sends);
        GC.KeepAlive(receives);
    }

    protected override void Wake(string reason)
    {
        byte* message = stackalloc byte[GlooNative.MessageCapacity];
        try
        {
            _ = GlooNative.Abort(_handle, message, GlooNative.MessageCapacity);
        }
        catch (ObjectDisposedException)
        {
            // The native group was freed, so no call can be blocked in it.
        }
    }

    private static GlooNative.Transfer Native(Transfer transfer, int receive) => new()
    {
        Data = Aten.DataPointer(transfer.Values),
        Bytes = transfer.Values.numel() * transfer.Values.element_size(),
        Peer = transfer.Peer,
        Receive = receive,
    };

    private void Check(GlooStatus status, byte* message)
    {
        if (status == GlooStatus.Ok) return;
        throw status switch
        {
            GlooStatus.PeerLost => new CollectiveException(CollectiveFault.PeerLost, $"{Member}: {Text(message)}"),
            GlooStatus.TimedOut => new CollectiveException(CollectiveFault.TimedOut, $"{Member}: {Text(message)}"),
            GlooStatus.Aborted => Aborted(),
            _ => new CollectiveException(CollectiveFault.Mismatch, $"{Member}: {Text(message)}"),
        };
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 1, int.MaxValue);

    private static string Text(byte* message) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message)).ReplaceLineEndings(" ");
}
