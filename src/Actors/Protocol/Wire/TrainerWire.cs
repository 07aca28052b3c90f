using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the messages to trainers.</summary>
internal static class TrainerWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of<TrainerProtocol.Assign>("trn.assign1",
            (m, to) => to.Long(1, m.Term).Long(2, m.Generation).Long(3, m.Rank).Long(4, m.World)
                .Many(5, m.Hosting, Write).Actors(6, m.Loaders),
            from => new(from.Long(1), from.Long(2), from.Int(3), from.Int(4), from.Many(5, Hosted), from.Actors(6))),
        WireMessage.Of<TrainerProtocol.Connect>("trn.connect1",
            (m, to) => to.Long(1, m.Generation).Bytes(2, m.Blobs).Long(3, m.SourceRank).Flag(4, m.FromDisk),
            from => new(from.Long(1), from.ManyBytes(2), from.Int(3), from.Flag(4))),
        WireMessage.Of<TrainerProtocol.Begin>("trn.begin1",
            (m, to) => to.Long(1, m.Generation).Long(2, m.Checkpoint),
            from => new(from.Long(1), from.Long(2))),
        WireMessage.Of<TrainerProtocol.Halt>("trn.halt1",
            (m, to) => to.Long(1, m.Generation),
            from => new(from.Long(1))),
        WireMessage.Of<TrainerProtocol.Stop>("trn.stop1",
            (m, to) => to.Long(1, m.Generation),
            from => new(from.Long(1))),
        WireMessage.Of<TrainerProtocol.Ping>("trn.ping1",
            (m, to) => to.Long(1, m.Term).Long(2, m.Sequence),
            from => new(from.Long(1), from.Long(2))),
        WireMessage.Of<TrainerProtocol.LoadersChanged>("trn.loaders1",
            (m, to) => to.Long(1, m.Term).Actors(2, m.Loaders),
            from => new(from.Long(1), from.Actors(2))),
        WireMessage.Of<TrainerProtocol.Released>("trn.released1",
            (m, to) => to.Text(1, m.Trainer),
            from => new(from.Text(1))),
    ];

    private static void Write(HostedReplicas host, WireWriter to) =>
        to.Text(1, host.Trainer).Ints(2, host.Replicas);

    private static HostedReplicas Hosted(WireReader from) => new(from.Text(1), from.Ints(2));
}
