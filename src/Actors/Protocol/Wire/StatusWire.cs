namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the run's status, which the supervisor and every node answer with.</summary>
internal static class StatusWire
{
    public static WireMessage Message { get; } = WireMessage.Of<RunStatus>("sup.status1", Write, Read);

    public static void Write(RunStatus m, WireWriter to) => to.Long(1, m.Term).Long(2, m.Generation).Text(3, m.Phase)
        .Long(4, m.Step).Long(5, m.Steps).Long(6, m.Checkpoint).Double(7, m.StepsPerSecond).Text(8, m.WaitingFor)
        .Many(9, m.Trainers, Write).Texts(10, m.Loaders).Texts(11, m.Evaluators).Long(12, m.Evaluating)
        .Many(13, m.Faults, Write).Many(14, m.Nodes, Write);

    public static RunStatus Read(WireReader from) => new(from.Long(1), from.Long(2), from.Text(3), from.Long(4),
        from.Long(5), from.Long(6), from.Double(7), from.TextOrNull(8), from.Many(9, Trainer), from.Texts(10),
        from.Texts(11), from.LongOrNull(12), from.Many(13, Fault), from.Many(14, Node));

    private static void Write(TrainerStatus trainer, WireWriter to) => to.Text(1, trainer.Name)
        .Long(2, trainer.Incarnation).Text(3, trainer.Address).Long(4, trainer.Rank).Ints(5, trainer.Replicas)
        .Long(6, trainer.Step).Double(7, trainer.BusySeconds).Double(8, trainer.WaitSeconds).Flag(9, trainer.Slow)
        .Flag(10, trainer.Leaving);

    private static TrainerStatus Trainer(WireReader from) => new(from.Text(1), from.Long(2), from.Text(3),
        from.Int(4), from.Ints(5), from.Long(6), from.Double(7), from.Double(8), from.Flag(9), from.Flag(10));

    private static void Write(FaultStatus fault, WireWriter to) => to.Long(1, fault.Time.ToUnixTimeMilliseconds())
        .Long(2, fault.Generation).Long(3, fault.Step).Text(4, fault.Reason);

    private static FaultStatus Fault(WireReader from) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(from.Long(1)), from.Long(2), from.Long(3), from.Text(4));

    private static void Write(NodeStatus node, WireWriter to) => to.Text(1, node.Name).Text(2, node.Address);

    private static NodeStatus Node(WireReader from) => new(from.Text(1), from.Text(2));
}
