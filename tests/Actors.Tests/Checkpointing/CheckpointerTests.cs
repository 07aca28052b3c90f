using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Checkpointing;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Checkpointing;

public sealed class CheckpointerTests : ActorTests
{
    private readonly RefusingDisk _disk = new();
    private readonly CheckpointStore _store;
    private readonly EvaluationFiles _evaluations;
    private readonly TestProbe _supervisor, _monitor;
    private readonly IActorRef _checkpointer;
    private int _released;

    public CheckpointerTests()
    {
        _store = new CheckpointStore(Folder["checkpoints"], _disk);
        (_supervisor, _monitor) = (CreateTestProbe(), CreateTestProbe());
        _evaluations = new EvaluationFiles(Folder.Path);
        KeepPolicy keep = new(1, Best: new KeepBest("frechet_distance", 1));
        _checkpointer = Sys.ActorOf(Props.Create(() => new Checkpointer(
            _store, TestCheckpoints.Run, keep, _evaluations, _supervisor, _monitor, TimeProvider.System)));
    }

    [Fact]
    public void A_snapshot_becomes_a_checkpoint_and_its_memory_is_given_back()
    {
        Save(4);
        Assert.Equal(new SupervisorProtocol.CheckpointCommitted(1, 4), Happened());
        CheckpointReceipt receipt = _monitor.ExpectMsg<MonitorProtocol.CheckpointCommitted>(Timeout).Receipt;
        Assert.Equal(4, receipt.Manifest.Step);
        Assert.Equal(1.5, receipt.Manifest.Metrics["loss_total"]);
        Assert.Empty(_store.Verify(4));
        Settle(_checkpointer);
        Assert.Equal(1, _released);
    }

    [Theory]
    [InlineData("disk_full")]
    [InlineData("unexpected")]
    public void A_checkpoint_that_fails_is_answered_and_the_next_one_may_succeed(string kind)
    {
        _disk.Refusal = kind == "disk_full" ? RefusingDisk.Full : new InvalidOperationException("a bug");
        Save(4);
        var failed = _monitor.ExpectMsg<MonitorProtocol.CheckpointFailed>(Timeout);
        Assert.Equal((4, kind), (failed.Step, failed.Kind));
        Assert.Equal(4, Assert.IsType<SupervisorProtocol.CheckpointFailed>(Happened()).Step);
        Settle(_checkpointer);
        Assert.Equal(1, _released);
        Assert.Empty(Directory.GetDirectories(Folder["checkpoints"]));

        _disk.Refusal = null;
        Save(8);
        Assert.Equal(new SupervisorProtocol.CheckpointCommitted(1, 8), Happened());
    }

    [Fact]
    public void A_state_whose_generation_is_over_is_answered_and_nothing_is_published()
    {
        RunLedger ledger = new(Folder.Path);
        ledger.TryAdvance(1, 2, 0, -1);
        IActorRef guarded = Sys.ActorOf(Props.Create(() => new Checkpointer(_store, TestCheckpoints.Run,
            new KeepPolicy(1), _evaluations, _supervisor, _monitor, TimeProvider.System, ledger)));
        Save(guarded, 4, generation: 1);
        Assert.Equal("fenced", _monitor.ExpectMsg<MonitorProtocol.CheckpointFailed>(Timeout).Kind);
        Assert.Equal((1, 4), Failed());
        Assert.Empty(_store.List());
        Save(guarded, 4, generation: 2);
        Assert.Equal(new SupervisorProtocol.CheckpointCommitted(2, 4), Happened());

        (long, long) Failed()
        {
            var failed = Assert.IsType<SupervisorProtocol.CheckpointFailed>(Happened());
            return (failed.Generation, failed.Step);
        }
    }

    [Fact]
    public void The_newest_and_the_best_stay()
    {
        Save(1);
        Save(2);
        Score(2, 10);
        Save(3);
        Score(3, 20);
        Save(4);
        Save(5);
        Settle(_checkpointer);
        Assert.Equal([2, 5], _store.List().Select(e => e.Step));
    }

    [Fact]
    public void What_an_evaluation_reads_stays_until_it_is_done()
    {
        Save(1);
        Settle(_checkpointer);
        using (IDisposable pin = _store.TryPin(1)!)
        {
            Save(2);
            Settle(_checkpointer);
            Assert.Equal([1, 2], _store.List().Select(e => e.Step));
        }
        Save(3);
        Settle(_checkpointer);
        Assert.Equal([3], _store.List().Select(e => e.Step));
    }

    private void Save(long step) => Save(_checkpointer, step, generation: 1);

    private void Save(IActorRef checkpointer, long step, long generation) =>
        checkpointer.Tell(new CheckpointerProtocol.Save(
            TestCheckpoints.Snapshot(step, generation, () => Interlocked.Increment(ref _released)),
            new Dictionary<string, double> { ["loss_total"] = 1.5 }));

    /// <summary>Writes a score file, as the evaluator of any process does.</summary>
    private void Score(long step, double distance)
    {
        Settle(_checkpointer);
        EvaluationResult result = new()
        {
            Step = step, Weights = "student", FeatureNetwork = "f", Samples = 2, FrechetDistance = distance,
        };
        _evaluations.Write(new EvaluationReport(step, _store.Load(step).Manifest.StateHash, [result],
            new DistanceAnchors(100, 1), new Dictionary<string, RgbImage>()));
    }

    private object Happened() => _supervisor.ReceiveOne(Timeout);
}
