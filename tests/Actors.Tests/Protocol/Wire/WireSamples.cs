using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Tests.Protocol.Wire;

/// <summary>
/// One message of every kind that travels, with no property left at its default: what is forgotten by a writer or a
/// reader shows.
/// </summary>
internal static class WireSamples
{
    private static readonly RunIdentity Identity = new(1, "c0ffee", "da7a", "70c3", "f01de4");

    private static readonly RunStatus Status = new(3, 17, "running", 1200, 5000, 1100, 2.5, "a loader",
        [
            new TrainerStatus("trainer-1", 2, "10.0.0.5:4000", 1, [0, 1, 2, 3], 1200, 0.25, 0.125, true, true),
            new TrainerStatus("trainer-2", 1, "10.0.0.6:4000", -1, [7], -1, 0.5, 0.0625, true, true),
        ],
        ["loader-1", "loader-2"], ["evaluator-1"], 1000,
        [new FaultStatus(new DateTimeOffset(2026, 11, 23, 1, 2, 3, 456, TimeSpan.Zero), 16, 1111, "it broke")],
        [new NodeStatus("node-1", "akka.tcp://starling@10.0.0.5:4000")]);

    /// <summary>The messages; <paramref name="one"/> and <paramref name="other"/> stand for actors.</summary>
    public static IReadOnlyList<object> All(IActorRef one, IActorRef other) =>
    [
        new SupervisorProtocol.RegisterTrainer(Identity, "trainer-1", 42, one) { Hosts = ["trainer-1", "trainer-2"] },
        new SupervisorProtocol.RegisterLoader(Identity, "loader-1", one),
        new SupervisorProtocol.RegisterEvaluator(Identity, "evaluator-1", one),
        new SupervisorProtocol.RegisterNode(Identity, "node-1", "akka.tcp://starling@10.0.0.5:4000", one),
        new SupervisorProtocol.Registered(7),
        new SupervisorProtocol.Refused("no such file", true),
        new SupervisorProtocol.TrainerBound("trainer-1", 5, new byte[] { 1, 0, 255 }, -1, 300),
        new SupervisorProtocol.TrainerReady("trainer-1", 5, 1L << 40, -1),
        new SupervisorProtocol.StepApplied("trainer-1", 5, 301, 0.25, double.Epsilon)
        {
            Figures = new StepFigures(0.125, 0.5, 0.0625, 8.5, 6.75, 0.03125, 2.5, double.NaN, 22.5, 1e-4, -0.5),
        },
        new SupervisorProtocol.ExchangeBroke("trainer-1", 5, "connection reset — by a peer"),
        new SupervisorProtocol.TrainerFailed("trainer-1", 42, "out of memory"),
        new SupervisorProtocol.TrainerUnfit("trainer-1", 42, "no tokenizer", FaultScope.Node),
        new SupervisorProtocol.DataFailed("trainer-1", 5, "stale file handle"),
        new SupervisorProtocol.TrainerLeaving("trainer-1", 42),
        new SupervisorProtocol.TrainerAnswered("trainer-1", 42, 99, 7),
        new SupervisorProtocol.EvaluatorReported("evaluator-1", 40),
        new SupervisorProtocol.TrainingEnded("trainer-1", 5, 5000),
        new SupervisorProtocol.CheckpointCommitted(5, 300),
        new SupervisorProtocol.CheckpointFailed(5, 300, "disk full"),
        new SupervisorProtocol.EvaluationEnded(300, "no pictures"),
        SupervisorProtocol.StopRun.Instance,
        new SupervisorProtocol.Fatal("shard.parquet is damaged"),
        SupervisorProtocol.StatusRequest.Instance,
        Status,
        new SupervisorProtocol.RunEnded(RunOutcome.Failed, 4999, "the disk is gone"),
        new TrainerProtocol.Assign(3, 5, 1, 2,
            [new HostedReplicas("trainer-1", [0, 1, 2]), new HostedReplicas("trainer-2", [3])], [one, other]),
        new TrainerProtocol.Connect(5, [new byte[] { 1, 2 }, new byte[] { 0 }], 1, true),
        new TrainerProtocol.Begin(5, -1),
        new TrainerProtocol.Halt(5),
        new TrainerProtocol.Stop(5),
        new TrainerProtocol.Ping(3, 99),
        new TrainerProtocol.LoadersChanged(3, [one, other]),
        new TrainerProtocol.Released("trainer-1"),
        new LoaderProtocol.Request(12, 3),
        new LoaderProtocol.Withdraw(12, 3),
        new LoaderProtocol.LoadedTokens(12, 3, 1, 2, 2, 4, 2, Enumerable.Range(1, 32).Select(i => (byte)i).ToArray(),
            [5, 999], [new(77, "shard-3.parquet", 2, 9, "no JPEG")]),
        new LoaderProtocol.Failed(12, 3, "the disk hiccuped", FaultScope.Node),
        new EvaluatorProtocol.Evaluate(300),
        NodeProtocol.StatusRequest.Instance,
        new NodeProtocol.ClusterStatus("node-1",
            [new("akka.tcp://starling@10.0.0.5:4000", ["trainer", "loader"], "up", true)], Status),
    ];
}
