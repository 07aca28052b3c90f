using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Supervision;

/// <summary>The shell around <see cref="RunMachine"/>: registrations, deaths, fences, and performing effects.</summary>
public sealed class RunSupervisorTests : ActorTests
{
    private readonly TaskCompletionSource<RunResult> _ended = new();
    private readonly TaskCompletionSource<string> _fenced = new();
    private readonly TestProbe _trainer, _loader, _evaluator, _monitor;
    private RunLedger? _ledger; // another one than the real

    public RunSupervisorTests() =>
        (_trainer, _loader, _evaluator, _monitor) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(),
            CreateTestProbe());

    private RunLedger Ledger => new(Folder.Path);

    [Fact]
    public void A_trainer_waits_for_somebody_who_can_feed_it()
    {
        IActorRef supervisor = Start();
        Register(supervisor, "a", _trainer);
        Assert.Equal(1, _trainer.ExpectMsg<SupervisorProtocol.Registered>(Timeout).Term);
        Settle(supervisor);
        Assert.DoesNotContain(Received(_trainer), m => m is TrainerProtocol.Assign);
        Register(supervisor, _loader);
        _trainer.FishForMessage(m => m is TrainerProtocol.LoadersChanged { Loaders.Count: 1 }, Timeout);
        var assign = Order<TrainerProtocol.Assign>(_trainer);
        Assert.Equal([_loader.Ref], assign.Loaders);
        Assert.Equal((1, 1, 0, 1), (assign.Term, assign.Generation, assign.Rank, assign.World));
        Assert.Equal(new LedgerEntry(1, 1, 0, -1), Ledger.Read());
    }

    [Fact]
    public void A_later_supervisor_never_reuses_a_number()
    {
        Ledger.TakeTerm();
        Assert.True(Ledger.TryAdvance(1, 7, 5, 4));
        Started();
        var assign = Order<TrainerProtocol.Assign>(_trainer);
        Assert.Equal((2, 8), (assign.Term, assign.Generation));
        Assert.Equal(new LedgerEntry(2, 8, 4, 4), Ledger.Read());
    }

    [Fact]
    public void Orders_go_to_the_generations_trainers_and_the_end_is_told_once()
    {
        IActorRef supervisor = Started();
        Run(supervisor);
        supervisor.Tell(new SupervisorProtocol.StepApplied("a", 1, 1, 0.5, 0.25));
        supervisor.Tell(SupervisorProtocol.StopRun.Instance);
        Assert.Equal(1, Order<TrainerProtocol.Halt>(_trainer).Generation);
        supervisor.Tell(new SupervisorProtocol.TrainingEnded("a", 1, 3));
        supervisor.Tell(new SupervisorProtocol.CheckpointCommitted(1, 3));
        Assert.Equal(new SupervisorProtocol.RunEnded(RunOutcome.Stopped, 3, null),
            Order<SupervisorProtocol.RunEnded>(_trainer));
        Settle(supervisor);
        Assert.True(_ended.Task.IsCompletedSuccessfully);
        _monitor.FishForMessage(m => m is MonitorProtocol.RunChanged { State.Phase: RunPhase.Ended }, Timeout);
        Assert.Equal(new LedgerEntry(1, 1, 3, 3), Ledger.Read());

        TestProbe late = CreateTestProbe();
        Register(supervisor, "z", late);
        Order<SupervisorProtocol.RunEnded>(late);
    }

    [Fact]
    public void An_order_that_was_lost_is_repeated_to_the_trainer_whose_report_shows_it()
    {
        IActorRef supervisor = Started();
        Run(supervisor);
        TestProbe second = CreateTestProbe();
        Register(supervisor, "b", second);
        Assert.Equal(2, Order<TrainerProtocol.Assign>(second).Generation);
        supervisor.Tell(new SupervisorProtocol.TrainerAnswered("b", 1, 1, 0));
        var again = Order<TrainerProtocol.Assign>(second);
        Assert.Equal((2, 1), (again.Generation, again.Rank));

        supervisor.Tell(new SupervisorProtocol.TrainerBound("a", 2, new byte[] { 7 }, 0, -1));
        supervisor.Tell(new SupervisorProtocol.TrainerBound("b", 2, new byte[] { 8 }, -1, -1));
        var connect = Order<TrainerProtocol.Connect>(second);
        supervisor.Tell(new SupervisorProtocol.TrainerBound("b", 2, new byte[] { 8 }, -1, -1));
        Assert.Equal(connect.Blobs.Select(b => b.ToArray()),
            Order<TrainerProtocol.Connect>(second).Blobs.Select(b => b.ToArray()));

        supervisor.Tell(new SupervisorProtocol.TrainerReady("a", 2, 0, -1));
        supervisor.Tell(new SupervisorProtocol.TrainerReady("b", 2, 0, -1));
        Order<TrainerProtocol.Begin>(second);
        supervisor.Tell(new SupervisorProtocol.TrainerReady("b", 2, 0, -1));
        Order<TrainerProtocol.Begin>(second);

        supervisor.Tell(SupervisorProtocol.StopRun.Instance);
        Order<TrainerProtocol.Halt>(_trainer);
        supervisor.Tell(new SupervisorProtocol.TrainerAnswered("a", 1, 1, 2));
        Order<TrainerProtocol.Halt>(_trainer);

        supervisor.Tell(new SupervisorProtocol.TrainingEnded("a", 2, 3));
        Order<TrainerProtocol.Stop>(second);
        supervisor.Tell(new SupervisorProtocol.TrainerAnswered("b", 1, 2, 2));
        Order<TrainerProtocol.Stop>(second);
    }

    [Fact]
    public void An_evaluator_that_works_on_something_else_is_told_again()
    {
        IActorRef supervisor = Started();
        Run(supervisor);
        supervisor.Tell(new SupervisorProtocol.RegisterEvaluator(TestIdentity.Run, "e", _evaluator));
        supervisor.Tell(new SupervisorProtocol.TrainingEnded("a", 1, 8));
        supervisor.Tell(new SupervisorProtocol.CheckpointCommitted(1, 8));
        Order<EvaluatorProtocol.Evaluate>(_evaluator);
        supervisor.Tell(new SupervisorProtocol.EvaluatorReported("e", 8));
        Settle(supervisor);
        Assert.DoesNotContain(Received(_evaluator), m => m is EvaluatorProtocol.Evaluate);
        supervisor.Tell(new SupervisorProtocol.EvaluatorReported("e", -1));
        Assert.Equal(8, Order<EvaluatorProtocol.Evaluate>(_evaluator).Step);
    }

    [Fact]
    public void An_evaluation_waits_for_an_evaluator_and_goes_to_the_next_if_it_is_lost()
    {
        IActorRef supervisor = Started();
        Order<TrainerProtocol.Assign>(_trainer);
        supervisor.Tell(new SupervisorProtocol.TrainerBound("a", 1, ReadOnlyMemory<byte>.Empty, -1, -1));
        supervisor.Tell(new SupervisorProtocol.TrainerReady("a", 1, 8, 8));
        supervisor.Tell(new SupervisorProtocol.TrainingEnded("a", 1, 8));
        supervisor.Tell(new SupervisorProtocol.RegisterEvaluator(TestIdentity.Run, "e", _evaluator));
        _evaluator.ExpectMsg<SupervisorProtocol.Registered>(Timeout);
        _evaluator.ExpectMsg(new EvaluatorProtocol.Evaluate(8), Timeout);
        Settle(supervisor);
        Assert.False(_ended.Task.IsCompleted);
        Sys.Stop(_evaluator);
        TestProbe next = CreateTestProbe();
        supervisor.Tell(new SupervisorProtocol.RegisterEvaluator(TestIdentity.Run, "f", next));
        next.ExpectMsg<SupervisorProtocol.Registered>(Timeout);
        next.ExpectMsg(new EvaluatorProtocol.Evaluate(8), Timeout);
        supervisor.Tell(new SupervisorProtocol.EvaluationEnded(8, null));
        AwaitAssert(() => Assert.True(_ended.Task.IsCompletedSuccessfully), Timeout);
    }

    [Fact]
    public void A_trainer_whose_actor_is_gone_is_lost_and_the_others_go_on_without_waiting()
    {
        IActorRef supervisor = Started();
        TestProbe second = CreateTestProbe();
        Register(supervisor, "b", second);
        var both = Order<TrainerProtocol.Assign>(second);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], both.Hosting.SelectMany(h => h.Replicas));
        Assert.Equal((2, 1, 2), (both.Generation, both.Rank, both.World));
        Sys.Stop(_trainer);
        var ping = Order<TrainerProtocol.Ping>(second);
        supervisor.Tell(new SupervisorProtocol.TrainerAnswered("b", 1, ping.Sequence, 2));
        object next = second.FishForMessage(Answered, Timeout);
        Assert.Equal((3, 1), (((TrainerProtocol.Assign)next).Generation, ((TrainerProtocol.Assign)next).World));

        bool Answered(object m)
        {
            // Whichever ping it was, the roll call's is answered in time.
            if (m is TrainerProtocol.Ping p)
                supervisor.Tell(new SupervisorProtocol.TrainerAnswered("b", 1, p.Sequence, 2));
            return m is TrainerProtocol.Assign { Generation: 3 };
        }
    }

    [Fact]
    public void A_trainer_whose_node_is_gone_is_lost_and_one_whose_node_is_silent_is_waited_for()
    {
        IActorRef supervisor = Started();
        Run(supervisor);
        Address node = _trainer.Ref.Path.Address;
        Sys.EventStream.Publish(new NodeNews.Silent(node));
        Settle(supervisor);
        _monitor.FishForMessage(m => m is MonitorProtocol.RunChanged { State.Silent: ["a"] }, Timeout);
        Register(supervisor, "b", CreateTestProbe()); // from the same node: as silent as the other one
        _monitor.FishForMessage(m => m is MonitorProtocol.RunChanged { State.Silent: ["a", "b"] }, Timeout);
        Sys.EventStream.Publish(new NodeNews.Back(node));
        _monitor.FishForMessage(m => m is MonitorProtocol.RunChanged { State.Silent: [] }, Timeout);
        Sys.EventStream.Publish(new NodeNews.Lost(new Address("akka.tcp", "starling", "10.0.0.2", 4000), "elsewhere"));
        Assert.Equal(2, Status(supervisor).Trainers.Count);
        Sys.EventStream.Publish(new NodeNews.Lost(node, "its process has ended"));
        RunStatus status = Status(supervisor);
        Assert.Empty(status.Trainers);
        Assert.Empty(status.Loaders);
        Assert.NotEmpty(status.Faults);
        Assert.All(status.Faults, fault => Assert.Contains("its process has ended", fault.Reason));
    }

    [Fact]
    public async Task A_supervisor_that_was_frozen_and_replaced_takes_in_no_report_any_more()
    {
        ManualTime time = new();
        IActorRef supervisor = Started(time);
        Run(supervisor);
        Watch(supervisor);
        Ledger.TakeTerm();
        time.Advance(4); // the supervisor's timer is a real one, so it has not fired in this time
        supervisor.Tell(new SupervisorProtocol.StepApplied("a", 1, 1, 0.5, 0.25));
        await ExpectTerminatedAsync(supervisor, Timeout, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("newer", await _fenced.Task);
        Assert.DoesNotContain(Received(_monitor), m => m is MonitorProtocol.RunChanged { State.Step: 1 });
    }

    [Fact]
    public void A_node_of_another_run_is_refused_with_the_reason_on_both_sides()
    {
        IActorRef supervisor = Start();
        RunIdentity other = TestIdentity.Run with { ConfigHash = "mine" };
        foreach (object registration in (object[])[
            new SupervisorProtocol.RegisterTrainer(other, "a", 1, _trainer),
            new SupervisorProtocol.RegisterLoader(other, "l", _trainer),
            new SupervisorProtocol.RegisterEvaluator(other, "e", _trainer)])
        {
            supervisor.Tell(registration);
            Assert.Contains("mine", _trainer.ExpectMsg<SupervisorProtocol.Refused>(Timeout).Reason);
            _monitor.FishForMessage(m => m is MonitorProtocol.Note note && note.Line.Contains("mine"), Timeout);
        }
    }

    [Fact]
    public async Task A_replaced_supervisor_stops_at_its_next_word()
    {
        IActorRef supervisor = Started();
        Order<TrainerProtocol.Assign>(_trainer);
        Watch(supervisor);
        Ledger.TakeTerm(); // another one leads
        TestProbe second = CreateTestProbe();
        Register(supervisor, "b", second);
        await ExpectTerminatedAsync(supervisor, Timeout, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("newer", await _fenced.Task);
        Assert.DoesNotContain(Received(second), m => m is TrainerProtocol.Assign or TrainerProtocol.Ping);
        Assert.False(_ended.Task.IsCompleted);
        Assert.Equal(new LedgerEntry(2, 1, 0, -1), Ledger.Read());
    }

    [Fact]
    public async Task A_replaced_supervisor_to_which_nothing_happens_stops_all_the_same()
    {
        IActorRef supervisor = Started();
        Order<TrainerProtocol.Assign>(_trainer); // it has taken its term by then
        Watch(supervisor);
        Ledger.TakeTerm();
        await ExpectTerminatedAsync(supervisor, Timeout, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("newer", await _fenced.Task);
    }

    [Fact]
    public async Task A_supervisor_that_something_else_has_stopped_takes_its_node_out()
    {
        IActorRef supervisor = Started();
        Watch(supervisor);
        supervisor.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(supervisor, Timeout, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("the supervisor's actor has ended", await _fenced.Task.WaitAsync(Timeout));
    }

    [Fact]
    public void A_checkpoint_that_was_not_stored_is_told_to_everybody()
    {
        IActorRef supervisor = Started();
        Run(supervisor);
        supervisor.Tell(new SupervisorProtocol.CheckpointFailed(0, 3, "its generation 0 is over"));
        supervisor.Tell(new SupervisorProtocol.CheckpointFailed(1, 4, "disk full"));
        var note = (MonitorProtocol.Note)_monitor.FishForMessage(
            m => m is MonitorProtocol.Note { Line: var line } && line.Contains("not stored", default), Timeout);
        Assert.Equal("the checkpoint of step 4 was not stored: disk full", note.Line);
        supervisor.Tell(SupervisorProtocol.StatusRequest.Instance, TestActor);
        Assert.Equal(note.Line, ExpectMsg<RunStatus>(Timeout).Faults[^1].Reason);
    }

    [Fact]
    public async Task A_supervisor_that_fails_leaves_instead_of_taking_a_new_term()
    {
        IActorRef supervisor = Start();
        Watch(supervisor);
        supervisor.Tell(new SupervisorProtocol.RegisterLoader(null!, "l", _loader));
        await ExpectTerminatedAsync(supervisor, Timeout, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("the supervisor failed", await _fenced.Task);
        Assert.Equal(1, Ledger.Read().Term);
    }

    [Fact]
    public void Status_tells_who_does_what_and_what_is_missing()
    {
        IActorRef supervisor = Start();
        Assert.Equal("a trainer", Status(supervisor).WaitingFor);
        Register(supervisor, "a", _trainer);
        Assert.Equal("a loader", Status(supervisor).WaitingFor);
        Register(supervisor, _loader);
        Run(supervisor);
        supervisor.Tell(new SupervisorProtocol.StepApplied("a", 1, 1, 0.5, 0.25));
        supervisor.Tell(new SupervisorProtocol.TrainerFailed("ghost", 1, "no such trainer"));
        RunStatus status = Status(supervisor);
        Assert.Equal((1, 1, "running", 1, 8, -1, null), (status.Term, status.Generation, status.Phase, status.Step,
            status.Steps, status.Checkpoint, status.WaitingFor));
        TrainerStatus trainer = Assert.Single(status.Trainers);
        Assert.Equal(("a", 0, 8, 1, 0.5, 0.25, false, false), (trainer.Name, trainer.Rank, trainer.Replicas.Count,
            trainer.Step, trainer.BusySeconds, trainer.WaitSeconds, trainer.Slow, trainer.Leaving));
        Assert.Equal(["l"], status.Loaders);
        Assert.Empty(status.Faults);
        supervisor.Tell(new SupervisorProtocol.TrainerFailed("a", 1, "out of memory"));
        Assert.Contains("out of memory", Assert.Single(Status(supervisor).Faults).Reason);
    }

    [Fact]
    public void A_number_that_cannot_be_stored_is_told_to_nobody_until_the_disk_works_again()
    {
        IActorRef supervisor = Start();
        Settle(supervisor);
        Directory.CreateDirectory(Folder["ledger.json.new"]);
        Register(supervisor, _loader);
        Register(supervisor, "a", _trainer);
        int notes = 0;
        _monitor.FishForMessage(m =>
        {
            if (m is MonitorProtocol.Note note && note.Line.Contains("ledger.json") && note.Line.Contains("again"))
                notes++;
            return notes > 0 && m is MonitorProtocol.RunChanged { State.Ticks: >= 3 };
        }, Timeout);
        Assert.Equal(1, notes); // once, whatever else happens between the tries
        Settle(supervisor);
        Assert.DoesNotContain(Received(_trainer), m => m is TrainerProtocol.Assign);
        Assert.DoesNotContain(Received(_monitor), m => m is MonitorProtocol.RunChanged { State.Generation: > 0 });
        Directory.Delete(Folder["ledger.json.new"]);
        Assert.Equal(1, Order<TrainerProtocol.Assign>(_trainer).Generation);
        Assert.Equal(1, Ledger.Read().Generation);
    }

    [Fact]
    public void A_disk_that_fails_when_a_supervisor_begins_makes_it_wait()
    {
        Ledger.TakeTerm();
        Directory.CreateDirectory(Folder["ledger.json.new"]);
        IActorRef supervisor = Start();
        _monitor.FishForMessage(m => m is MonitorProtocol.Note note && note.Line.Contains("ledger.json"), Timeout);
        Register(supervisor, _loader);
        Register(supervisor, "a", _trainer);
        Assert.Equal(0, Status(supervisor).Term); // it answers, but leads nobody
        Assert.Empty(Received(_trainer));
        Directory.Delete(Folder["ledger.json.new"]);
        AwaitAssert(() => Assert.Equal(2, Status(supervisor).Term), Timeout);
        Register(supervisor, _loader);
        Register(supervisor, "a", _trainer);
        Assert.Equal(2, Order<TrainerProtocol.Assign>(_trainer).Term);
        Assert.False(_ended.Task.IsCompleted);
    }

    [Fact]
    public void A_report_that_is_repeated_while_the_disk_fails_is_tried_once_at_a_time()
    {
        RefusingDisk disk = new();
        _ledger = new RunLedger(Folder.Path, disk);
        IActorRef supervisor = Started();
        Run(supervisor);
        disk.Refusal = RefusingDisk.Full;
        for (int i = 0; i < 50; i++) supervisor.Tell(new SupervisorProtocol.CheckpointCommitted(1, 3));
        Settle(supervisor);
        Assert.InRange(disk.Refused, 3, 30); // three tries of the first report, and of its repetitions by the timer
        disk.Refusal = null;
        AwaitAssert(() => Assert.Equal(3, Ledger.Read().Checkpoint), Timeout);
    }

    [Fact]
    public async Task Spoilt_numbers_end_the_run()
    {
        File.WriteAllText(Folder["ledger.json"], "x");
        Start();
        RunResult ending = await _ended.Task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Rejected, ending.Outcome);
        Assert.Contains("ledger.json", ending.Reason);
    }

    private IActorRef Start(TimeProvider? time = null)
    {
        SupervisorSettings settings = new()
        {
            Plan = () => new RunPlan(Steps: 8, Replicas: 8, EvaluateEverySteps: 0, EvaluationEnabled: true)
            {
                // Longer than any test: its timers are real.
                FormTimeout = 2 * Timeout, UnansweredPings = 1000,
            },
            Identity = TestIdentity.Run,
            Ledger = _ledger ?? Ledger,
            Monitor = _monitor.Ref,
            Ended = e => _ended.SetResult(e),
            Fenced = reason => _fenced.TrySetResult(reason),
            Time = time ?? TimeProvider.System,
        };
        return Sys.ActorOf(Props.Create(() => new RunSupervisor(settings)));
    }

    private IActorRef Started(TimeProvider? time = null)
    {
        IActorRef supervisor = Start(time);
        Register(supervisor, _loader);
        Register(supervisor, "a", _trainer);
        return supervisor;
    }

    private void Run(IActorRef supervisor)
    {
        long generation = Order<TrainerProtocol.Assign>(_trainer).Generation;
        supervisor.Tell(new SupervisorProtocol.TrainerBound("a", generation, new byte[] { 7 }, -1, -1));
        var connect = Order<TrainerProtocol.Connect>(_trainer);
        Assert.Equal([7], connect.Blobs[0].ToArray());
        Assert.True(connect.FromDisk);
        supervisor.Tell(new SupervisorProtocol.TrainerReady("a", generation, 0, -1));
        Assert.Equal(new TrainerProtocol.Begin(generation, -1), Order<TrainerProtocol.Begin>(_trainer));
    }

    private static void Register(IActorRef supervisor, string name, IActorRef trainer) =>
        supervisor.Tell(new SupervisorProtocol.RegisterTrainer(TestIdentity.Run, name, 1, trainer));

    private static void Register(IActorRef supervisor, IActorRef loader) =>
        supervisor.Tell(new SupervisorProtocol.RegisterLoader(TestIdentity.Run, "l", loader));

    /// <summary>The next order of a kind; pings come every second.</summary>
    private static T Order<T>(TestProbe actor) => (T)actor.FishForMessage(m => m is T, Timeout);

    private RunStatus Status(IActorRef supervisor)
    {
        supervisor.Tell(SupervisorProtocol.StatusRequest.Instance, TestActor);
        return ExpectMsg<RunStatus>(Timeout);
    }
}
