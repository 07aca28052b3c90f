using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Evaluating;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Evaluating;

public sealed class EvaluatorActorTests : ActorTests
{
    private readonly CheckpointStore _store;
    private readonly TestProbe _supervisor, _monitor;
    private readonly FakeEvaluation _evaluation;
    private readonly EvaluationFiles _files;
    private int _opened;

    public EvaluatorActorTests()
    {
        _store = new CheckpointStore(Folder["checkpoints"], new RefusingDisk());
        TestCheckpoints.Write(_store, 4, 8);
        (_supervisor, _monitor) = (CreateTestProbe(), CreateTestProbe());
        _files = new EvaluationFiles(Folder.Path);
        _evaluation = new FakeEvaluation { OnEvaluate = Report };
    }

    [Fact]
    public void Results_go_to_the_monitor_and_to_files_where_whoever_keeps_the_best_finds_them()
    {
        IActorRef evaluator = Start();
        _evaluation.OnEvaluate = step =>
        {
            // A checkpoint that is being read must not be deleted.
            _store.Prune(new KeepPolicy(1), _ => { });
            return Report(step);
        };
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        Assert.Equal(new SupervisorProtocol.EvaluationEnded(4, null), Ended());
        _monitor.ExpectMsg<MonitorProtocol.EvaluationStarted>(Timeout);
        var evaluated = _monitor.ExpectMsg<MonitorProtocol.Evaluated>(Timeout);
        Assert.All(evaluated.Images, path => Assert.True(File.Exists(path)));
        Assert.Equal([4], _files.Of(_store).Keys);
        Assert.Equal(12.5, Assert.Single(_files.Ranks(_store)).Value);
        Assert.Equal([4, 8], _store.List().Select(e => e.Step));
    }

    [Fact]
    public void Scores_of_another_state_of_the_same_step_do_not_count()
    {
        _files.Write(Report(4) with { StateHash = "of another run in this folder" });
        File.WriteAllText(Path.Combine(_files.Scores, "8.json"), "{ torn");
        Assert.Empty(_files.Of(_store));
    }

    [Fact]
    public void A_failure_is_reported_and_the_next_evaluation_is_made()
    {
        IActorRef evaluator = Start();
        _evaluation.OnEvaluate = _ => throw new InvalidOperationException("no memory");
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        Assert.Equal(new SupervisorProtocol.EvaluationEnded(4, "no memory"), Ended());
        _monitor.FishForMessage(m => m is MonitorProtocol.EvaluationFailed { Step: 4, Reason: "no memory" }, Timeout);
        Assert.Empty(_files.Of(_store).Keys);

        _evaluation.OnEvaluate = Report;
        evaluator.Tell(new EvaluatorProtocol.Evaluate(8));
        Assert.Equal(new SupervisorProtocol.EvaluationEnded(8, null), Ended());
        Assert.Equal(1, _opened);
    }

    [Fact]
    public void A_checkpoint_that_is_gone_is_a_failure_of_that_evaluation_only()
    {
        Start().Tell(new EvaluatorProtocol.Evaluate(5));
        Assert.Contains("no checkpoint of step 5", Ended().Failure);
    }

    [Fact]
    public void A_damaged_checkpoint_is_not_evaluated()
    {
        string file = Path.Combine(Folder["checkpoints"], "4", "student.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Start().Tell(new EvaluatorProtocol.Evaluate(4));
        Assert.Contains("student.safetensors", Ended().Failure);
        Assert.Equal(0, _evaluation.Evaluated);
    }

    [Fact]
    public void An_evaluation_that_is_stopped_has_not_ended_so_that_another_evaluator_gets_it()
    {
        IActorRef evaluator = Start();
        _evaluation.OnEvaluate = _ => throw new OperationCanceledException();
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        _monitor.ExpectMsg<MonitorProtocol.EvaluationStarted>(Timeout);
        evaluator.Tell(new EvaluatorProtocol.Evaluate(8)); // taken only when the first has been given up
        AwaitAssert(() =>
        {
            evaluator.Tell(new EvaluatorProtocol.Evaluate(8));
            Assert.True(_evaluation.Evaluated >= 2);
        }, Timeout);
        Assert.DoesNotContain(Received(_supervisor), m => m is SupervisorProtocol.EvaluationEnded);
    }

    [Fact]
    public void A_node_that_ends_takes_no_evaluation()
    {
        IActorRef evaluator = Start(new CancellationToken(canceled: true));
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        Settle(evaluator);
        Assert.False(_monitor.HasMessages);
    }

    [Fact]
    public void It_says_what_it_works_on_and_a_repeated_order_repeats_the_result_only()
    {
        IActorRef evaluator = Start();
        using ManualResetEventSlim go = new();
        _evaluation.OnEvaluate = step =>
        {
            Assert.True(go.Wait(Timeout));
            return Report(step);
        };
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        _supervisor.FishForMessage(m => Equals(m, new SupervisorProtocol.EvaluatorReported("e", 4)), Timeout);
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        go.Set();
        Assert.Equal(4, Ended().Step);
        _supervisor.FishForMessage(m => Equals(m, new SupervisorProtocol.EvaluatorReported("e", -1)), Timeout);
        evaluator.Tell(new EvaluatorProtocol.Evaluate(4));
        Assert.Equal(4, Ended().Step);
        Assert.Equal(1, _evaluation.Evaluated);
    }

    private EvaluationReport Report(long step) => new(step, _store.Load(step).Manifest.StateHash,
        [
            new EvaluationResult { Step = step, Weights = "student", FeatureNetwork = "f", Samples = 2,
                FrechetDistance = 12.5 },
            new EvaluationResult { Step = step, Weights = "teacher", FeatureNetwork = "f", Samples = 2,
                FrechetDistance = 11 },
        ],
        new DistanceAnchors(100, 1), new Dictionary<string, RgbImage> { ["student"] = RgbImage.Blank(4, 4) });

    private IActorRef Start(CancellationToken stop = default)
    {
        EvaluatorActor.Peers actors = new(_supervisor, _monitor);
        IActorRef evaluator = Sys.ActorOf(Props.Create(() => new EvaluatorActor("e", TestIdentity.Run,
            Open, _store, _files, actors, TimeProvider.System, stop)));
        _supervisor.ExpectMsg<SupervisorProtocol.RegisterEvaluator>(Timeout, cancellationToken: CancellationToken.None);
        evaluator.Tell(new SupervisorProtocol.Registered(1));
        return evaluator;
    }

    private FakeEvaluation Open()
    {
        _opened++;
        return _evaluation;
    }

    private SupervisorProtocol.EvaluationEnded Ended() => (SupervisorProtocol.EvaluationEnded)
        _supervisor.FishForMessage(m => m is SupervisorProtocol.EvaluationEnded, Timeout);

    private sealed class FakeEvaluation : IEvaluation
    {
        public required Func<long, EvaluationReport> OnEvaluate { get; set; }

        public int Evaluated { get; private set; }

        public EvaluationReport Evaluate(LoadedCheckpoint checkpoint, CancellationToken cancellation)
        {
            Evaluated++;
            return OnEvaluate(checkpoint.Manifest.Step);
        }

        public void Dispose()
        {
        }
    }
}
