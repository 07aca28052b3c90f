using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the messages to and from the supervisor.</summary>
internal static class SupervisorWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of<SupervisorProtocol.RegisterTrainer>("sup.trainer1",
            (m, to) => to.One(1, m.Identity, Write).Text(2, m.Trainer).Long(3, m.Incarnation).Actor(4, m.Actor)
                .Texts(5, m.Hosts),
            from => new(from.One(1, Identity), from.Text(2), from.Long(3), from.Actor(4)) { Hosts = from.Texts(5) }),
        WireMessage.Of<SupervisorProtocol.RegisterLoader>("sup.loader1",
            (m, to) => to.One(1, m.Identity, Write).Text(2, m.Loader).Actor(3, m.Actor),
            from => new(from.One(1, Identity), from.Text(2), from.Actor(3))),
        WireMessage.Of<SupervisorProtocol.RegisterEvaluator>("sup.evaluator1",
            (m, to) => to.One(1, m.Identity, Write).Text(2, m.Evaluator).Actor(3, m.Actor),
            from => new(from.One(1, Identity), from.Text(2), from.Actor(3))),
        WireMessage.Of<SupervisorProtocol.RegisterNode>("sup.node1",
            (m, to) => to.One(1, m.Identity, Write).Text(2, m.Node).Text(3, m.Address).Actor(4, m.Actor),
            from => new(from.One(1, Identity), from.Text(2), from.Text(3), from.Actor(4))),
        WireMessage.Of<SupervisorProtocol.Registered>("sup.registered1",
            (m, to) => to.Long(1, m.Term),
            from => new(from.Long(1))),
        WireMessage.Of<SupervisorProtocol.Refused>("sup.refused1",
            (m, to) => to.Text(1, m.Reason).Flag(2, m.IsForNow),
            from => new(from.Text(1), from.Flag(2))),
        WireMessage.Of<SupervisorProtocol.TrainerBound>("sup.bound1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Bytes(3, m.Blob).Long(4, m.Step)
                .Long(5, m.Checkpoint),
            from => new(from.Text(1), from.Long(2), from.Bytes(3), from.Long(4), from.Long(5))),
        WireMessage.Of<SupervisorProtocol.TrainerReady>("sup.ready1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Long(3, m.Step).Long(4, m.Checkpoint),
            from => new(from.Text(1), from.Long(2), from.Long(3), from.Long(4))),
        WireMessage.Of<SupervisorProtocol.StepApplied>("sup.applied1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Long(3, m.Step).Double(4, m.BusySeconds)
                .Double(5, m.WaitSeconds).Maybe(6, m.Figures, Write),
            from => new(from.Text(1), from.Long(2), from.Long(3), from.Double(4), from.Double(5))
            {
                Figures = from.Maybe(6, Figures),
            }),
        WireMessage.Of<SupervisorProtocol.ExchangeBroke>("sup.broke1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Text(3, m.Reason),
            from => new(from.Text(1), from.Long(2), from.Text(3))),
        WireMessage.Of<SupervisorProtocol.TrainerFailed>("sup.failed1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Incarnation).Text(3, m.Reason),
            from => new(from.Text(1), from.Long(2), from.Text(3))),
        WireMessage.Of<SupervisorProtocol.TrainerUnfit>("sup.unfit1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Incarnation).Text(3, m.Reason).Long(4, (int)m.Scope),
            from => new(from.Text(1), from.Long(2), from.Text(3), from.Choice<FaultScope>(4))),
        WireMessage.Of<SupervisorProtocol.DataFailed>("sup.nodata1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Text(3, m.Reason),
            from => new(from.Text(1), from.Long(2), from.Text(3))),
        WireMessage.Of<SupervisorProtocol.TrainerLeaving>("sup.leaving1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Incarnation),
            from => new(from.Text(1), from.Long(2))),
        WireMessage.Of<SupervisorProtocol.TrainerAnswered>("sup.pong1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Incarnation).Long(3, m.Sequence).Long(4, m.Generation),
            from => new(from.Text(1), from.Long(2), from.Long(3), from.Long(4))),
        WireMessage.Of<SupervisorProtocol.TrainingEnded>("sup.ended1",
            (m, to) => to.Text(1, m.Trainer).Long(2, m.Generation).Long(3, m.Step),
            from => new(from.Text(1), from.Long(2), from.Long(3))),
        WireMessage.Of<SupervisorProtocol.CheckpointCommitted>("sup.committed1",
            (m, to) => to.Long(1, m.Generation).Long(2, m.Step),
            from => new(from.Long(1), from.Long(2))),
        WireMessage.Of<SupervisorProtocol.CheckpointFailed>("sup.uncommitted1",
            (m, to) => to.Long(1, m.Generation).Long(2, m.Step).Text(3, m.Reason),
            from => new(from.Long(1), from.Long(2), from.Text(3))),
        WireMessage.Of<SupervisorProtocol.EvaluatorReported>("sup.evaluating1",
            (m, to) => to.Text(1, m.Evaluator).Long(2, m.Evaluating),
            from => new(from.Text(1), from.Long(2))),
        WireMessage.Of<SupervisorProtocol.EvaluationEnded>("sup.evaluated1",
            (m, to) => to.Long(1, m.Step).Text(2, m.Failure),
            from => new(from.Long(1), from.TextOrNull(2))),
        WireMessage.Of("sup.stop1", SupervisorProtocol.StopRun.Instance),
        WireMessage.Of<SupervisorProtocol.Fatal>("sup.fatal1",
            (m, to) => to.Text(1, m.Reason),
            from => new(from.Text(1))),
        WireMessage.Of<SupervisorProtocol.RunEnded>("sup.over1",
            (m, to) => to.Long(1, (int)m.Outcome).Long(2, m.Step).Text(3, m.Reason),
            from => new(from.Choice<RunOutcome>(1), from.Long(2), from.TextOrNull(3))),
        WireMessage.Of("sup.ask1", SupervisorProtocol.StatusRequest.Instance),
        StatusWire.Message,
    ];

    private static void Write(StepFigures figures, WireWriter to) => to.Double(1, figures.DataWaitSeconds)
        .Double(2, figures.ExchangeSeconds).Double(3, figures.BlockedSeconds).Double(4, figures.Loss)
        .Double(5, figures.AutoRegressive).Double(6, figures.MaskedAttention).Double(7, figures.ContrastStep)
        .Double(8, figures.ContrastView).Double(9, figures.GradientNorm).Double(10, figures.LearningRate)
        .Double(11, figures.KeySimilarity);

    private static StepFigures Figures(WireReader from) => new(from.Double(1), from.Double(2), from.Double(3),
        from.Double(4), from.Double(5), from.Double(6), from.Double(7), from.Double(8), from.Double(9),
        from.Double(10), from.Double(11));

    private static void Write(RunIdentity identity, WireWriter to) => to.Long(1, identity.Protocol)
        .Text(2, identity.ConfigHash).Text(3, identity.DataFingerprint).Text(4, identity.TokenizerFingerprint)
        .Text(5, identity.Folder);

    private static RunIdentity Identity(WireReader from) =>
        new(from.Int(1), from.Text(2), from.Text(3), from.Text(4), from.Text(5));
}
