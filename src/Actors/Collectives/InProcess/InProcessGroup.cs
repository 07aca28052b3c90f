using static TorchSharp.torch;

namespace Starling.Actors.Collectives.InProcess;

/// <summary>A member of a group within one process. Rank 0 opens the <see cref="InProcessRoom"/>.</summary>
internal sealed class InProcessGroup : CollectiveGroup
{
    private readonly InProcessEngine _engine;
    private readonly CollectiveOptions _options;
    private readonly InProcessRoom? _own;
    private InProcessRoom? _room;

    public InProcessGroup(InProcessEngine engine, GroupMember member, CollectiveOptions options) : base(member, CPU)
    {
        (_engine, _options) = (engine, options);
        if (member.Rank == 0) engine.Open(_own = new InProcessRoom(member));
    }

    public override byte[] EngineAddress => (_own?.Id ?? Guid.Empty).ToByteArray();

    public override void Dispose()
    {
        Abort("disposed");
        if (_own is not null) _engine.Close(_own);
    }

    protected override void Open(IReadOnlyList<byte[]> engineAddresses)
    {
        InProcessRoom room = _engine.Find(new Guid(engineAddresses[0])) ??
            throw new CollectiveException(CollectiveFault.PeerLost, $"{Member}: rank 0 has left");
        Volatile.Write(ref _room, room);
        room.Join(Member, new Deadline(_options.ConnectTimeout));
        // If the member was aborted before it knew the room, it has not left the room yet.
        if (AbortReason is { } reason) room.Leave(Member.Rank, reason);
    }

    protected override void Move(IReadOnlyList<Transfer> sends, IReadOnlyList<Transfer> receives) =>
        (_room ?? throw new InvalidOperationException("not connected"))
        .Exchange(Member, sends, receives, new Deadline(_options.OperationTimeout));

    protected override void Wake(string reason) => Volatile.Read(ref _room)?.Leave(Member.Rank, reason);
}
