using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.TestKit;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Tests.Training;

/// <summary>A trainer with its real loop; the test plays supervisor, loader and checkpointer.</summary>
public sealed class TrainerActorTests : ActorTests
{
    private static readonly long First = new Incarnations(1).Next();

    private readonly RunContext _run;
    private readonly BatchFactory _batches;
    private readonly TestProbe _supervisor, _checkpointer, _monitor, _loader;
    private readonly TrainerSetup _setup;
    private readonly IActorRef _trainer;
    private readonly TrainerClock _clock = new();
    private readonly List<string> _ended = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private Func<LoaderProtocol.Request, object> _answer;

    public TrainerActorTests(TinyAssets assets)
    {
        File.Copy(assets.Tokenizer, Folder["tokenizer"]);
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json",
            [.. RunBench.Settings(assets), $"tokenizer.path={Folder["tokenizer"]}"]);
        _run = RunContext.Open(options, Folder["run"]);
        _batches = TestBatches.Factory(options);
        _answer = Loaded;
        (_supervisor, _checkpointer, _monitor, _loader) =
            (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _loader.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is LoaderProtocol.Request request) sender.Tell(_answer(request), _loader);
            return AutoPilot.KeepRunning;
        }));
        _checkpointer.SetAutoPilot(new DelegateAutoPilot((_, message) =>
        {
            // The loop has memory for two snapshots, so each is given back as if it had been written at once.
            if (message is CheckpointerProtocol.Save save) save.Snapshot.Dispose();
            return AutoPilot.KeepRunning;
        }));
        _setup = new TrainerSetup
        {
            Name = "t",
            Incarnations = new Incarnations(1),
            Settings = TrainerWiring.SettingsOf(_run, force: false),
            Checkpoints = _run.Checkpoints,
            Prefetch = 16,
            Engine = new InProcessEngine(),
            Lease = Timeout,
            EndProcess = _ended.Add,
            Time = _clock,
        };
        _trainer = Start(_setup);
    }

    [Fact]
    public void It_makes_all_steps_hands_over_snapshots_and_says_when_it_is_done()
    {
        Assert.Equal(new SupervisorProtocol.RegisterTrainer(_run.NodeIdentity, "t", First, _trainer), Registration());
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 1, 0, -1), Begin(1));
        for (int step = 1; step <= RunBench.Steps; step++)
            Assert.Equal(Step(1, step), Next());
        Assert.Equal(new SupervisorProtocol.TrainingEnded("t", 1, RunBench.Steps), Next());
        foreach (long step in (long[])[4, 8, 12])
        {
            var save = _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout);
            Assert.Equal((step, 1L), (save.Snapshot.Step, save.Snapshot.Generation));
            Assert.True(save.Metrics["loss_total"] > 0);
        }
    }

    [Fact]
    public void It_offers_itself_until_it_is_heard()
    {
        Assert.IsType<SupervisorProtocol.RegisterTrainer>(Registration());
        Assert.IsType<SupervisorProtocol.RegisterTrainer>(Registration());
    }

    [Fact]
    public void Orders_of_another_generation_are_ignored()
    {
        Registration();
        Assign(5);
        Next();
        _trainer.Tell(new TrainerProtocol.Begin(4, -1));
        Assign(4);
        _trainer.Tell(new TrainerProtocol.Halt(4));
        Settle(_trainer);
        Assert.False(_loader.HasMessages);
        _trainer.Tell(new TrainerProtocol.Begin(5, -1));
        Assert.Equal(Step(5, 1), Next());
    }

    [Fact]
    public void A_ping_is_answered_at_once_and_a_replaced_supervisors_word_counts_no_more()
    {
        Registration();
        _trainer.Tell(new TrainerProtocol.Ping(2, 7));
        Assert.Equal(new SupervisorProtocol.TrainerAnswered("t", First, 7, 0), Next());
        _trainer.Tell(new TrainerProtocol.Ping(1, 8));
        Assign(9); // of term 1
        _trainer.Tell(new TrainerProtocol.Ping(2, 9));
        Assert.Equal(new SupervisorProtocol.TrainerAnswered("t", First, 9, 0), Next());
    }

    /// <summary>Akka reports a death when the message by which a feeder watches a loader is lost.</summary>
    [Fact]
    public void A_loader_that_was_taken_for_dead_is_asked_again_as_long_as_the_supervisor_names_it()
    {
        _answer = _ => Nothing.Instance;
        Begin(1);
        LoaderProtocol.Request first = _loader.ExpectMsg<LoaderProtocol.Request>(Timeout);
        ((IInternalActorRef)_loader.LastSender).SendSystemMessage(
            new DeathWatchNotification(_loader.Ref, existenceConfirmed: false, addressTerminated: false));
        AwaitAssert(() =>
        {
            _trainer.Tell(new TrainerProtocol.LoadersChanged(1, [_loader.Ref])); // as with every ping
            _loader.FishForMessage(m => Equals(m, first), TimeSpan.FromSeconds(0.2));
        }, Timeout);
    }

    [Fact]
    public void A_report_is_repeated_at_once_and_with_every_ping_and_an_order_is_carried_out_once()
    {
        Registration();
        Assign(1);
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 1, 0, -1), Next());
        AwaitAgain<SupervisorProtocol.TrainerReady>(); // without a ping
        Settle(_trainer);
        _supervisor.FishForMessage(m => m is SupervisorProtocol.RegisterTrainer, 2 * Timeout);
        _trainer.Tell(new TrainerProtocol.Ping(1, 3));
        _supervisor.FishForMessage(
            m => Equals(m, new SupervisorProtocol.TrainerAnswered("t", First, 3, 1)), Timeout);
        AwaitAgain<SupervisorProtocol.TrainerReady>();
        // The orders of this generation, once more.
        _answer = request => request.Step < 2 ? Loaded(request) : Nothing.Instance;
        for (int i = 0; i < 2; i++)
        {
            _trainer.Tell(new TrainerProtocol.Connect(1, [ReadOnlyMemory<byte>.Empty], 0, FromDisk: true));
            _trainer.Tell(new TrainerProtocol.Begin(1, -1));
        }
        Assert.Equal(Step(1, 1), Next());
        Assert.Equal(Step(1, 2), Next());
        _trainer.Tell(new TrainerProtocol.Begin(1, -1));
        _trainer.Tell(new TrainerProtocol.Ping(1, 4));
        Assert.Equal(new SupervisorProtocol.TrainerAnswered("t", First, 4, 1), Next());
        AwaitAgain<SupervisorProtocol.StepApplied>();
    }

    [Fact]
    public void The_last_checkpoint_is_told_again_until_the_next_generation()
    {
        RunAndWaitForShares(steps: 4);
        SupervisorProtocol.CheckpointCommitted stored = new(1, 4);
        _trainer.Tell(stored);
        Assert.Equal(stored, Next());
        _trainer.Tell(new TrainerProtocol.Ping(1, 1));
        AwaitAgain<SupervisorProtocol.CheckpointCommitted>();
        Begin(2);
        _trainer.Tell(new TrainerProtocol.Ping(1, 2));
        _supervisor.FishForMessage(m => m is SupervisorProtocol.TrainerAnswered { Sequence: 2 }, Timeout);
        Settle(_trainer);
        Assert.DoesNotContain(Received(_supervisor), m => m is SupervisorProtocol.CheckpointCommitted);
    }

    [Fact]
    public void A_spare_is_prepared_at_once_and_holds_up_nobody()
    {
        Registration();
        HostedReplicas other = new("o", [.. Enumerable.Range(0, 8)]);
        _trainer.Tell(new TrainerProtocol.Assign(1, 1, -1, 1, [other], [_loader.Ref]));
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 1, -1, -1), Next());
    }

    [Fact]
    public void A_refusal_ends_the_registrations_and_is_published_for_the_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SupervisorProtocol.Refused));
        Registration();
        Registration();
        SupervisorProtocol.Refused refusal = new("another data set");
        _trainer.Tell(refusal);
        ExpectMsg(refusal, Timeout);
        while (_supervisor.HasMessages) Registration();
        PassRegistrationInterval();
        Assert.False(_supervisor.HasMessages);
    }

    [Fact]
    public void A_halt_ends_at_the_next_step_boundary_with_the_state_handed_over()
    {
        Run(steps: 1);
        _trainer.Tell(new TrainerProtocol.Halt(1));
        object last = Next();
        while (last is not SupervisorProtocol.TrainingEnded) last = Next();
        long step = ((SupervisorProtocol.TrainingEnded)last).Step;
        CheckpointerProtocol.Save save = _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout);
        while (save.Snapshot.Step < step) save = _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout);
        Assert.Equal(step, save.Snapshot.Step);
    }

    [Fact]
    public void A_new_generation_goes_on_with_the_state_that_is_there()
    {
        RunAndWaitForShares(steps: 3);
        _answer = Loaded;
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 2, 3, -1), Begin(2));
        Assert.Equal(Step(2, 4), Next());
    }

    [Fact]
    public void A_halt_ends_the_wait_for_a_share_that_does_not_come()
    {
        RunAndWaitForShares(steps: 3);
        _trainer.Tell(new TrainerProtocol.Halt(1));
        Assert.Equal(new SupervisorProtocol.TrainingEnded("t", 1, 3), Next());
        Assert.Equal(3, _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout).Snapshot.Step);
    }

    [Fact]
    public void A_state_that_an_earlier_generation_handed_over_is_handed_over_again_with_the_last_step()
    {
        RunAndWaitForShares(steps: 4);
        Assert.Equal(1, _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout).Snapshot.Generation);
        // That state may never have reached the disk.
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 2, 4, -1), Begin(2));
        _trainer.Tell(new TrainerProtocol.Halt(2));
        Assert.Equal(new SupervisorProtocol.TrainingEnded("t", 2, 4), Next());
        CheckpointerProtocol.Save last = _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout);
        Assert.Equal((4, 2), (last.Snapshot.Step, last.Snapshot.Generation));
    }

    [Fact]
    public void A_failure_of_the_loop_is_told_and_a_new_incarnation_offers_itself()
    {
        _answer = request =>
            request.Step < 2 ? Loaded(request)
            : new LoaderProtocol.Loaded(TestBatches.Empty(request.Step, request.Replica));
        Run(steps: 2);
        Assert.Equal("t", Failure().Trainer);
        Assert.Equal(_trainer, Registration().Actor);
        _monitor.FishForMessage(m => m is MonitorProtocol.TrainerFailed, Timeout);

        // One fault, one restart: the new incarnation works.
        _answer = Loaded;
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 2, 0, -1), Begin(2));
        Assert.Equal(Step(2, 1), Next());
    }

    [Fact]
    public void Damaged_data_is_the_users_business_not_the_trainers()
    {
        _answer = request => Failed(request, "shard.parquet is damaged", FaultScope.Request);
        Run(steps: 0);
        Assert.Equal(new SupervisorProtocol.Fatal("shard.parquet is damaged"), Next());
    }

    [Fact]
    public void A_disk_that_fails_is_waited_for_and_costs_neither_a_restart_nor_a_step()
    {
        bool works = false;
        _answer = request => works ? Loaded(request) : Failed(request, "the disk hiccuped", FaultScope.Node);
        Run(steps: 0);
        Assert.Equal(new SupervisorProtocol.DataFailed("t", 1, "the disk hiccuped"), Next());
        works = true;
        object next = Next();
        while (next is SupervisorProtocol.DataFailed) next = Next();
        Assert.Equal(Step(1, 1), next);
    }

    /// <summary>A tokenizer that another node has is no reason to end the run of all.</summary>
    [Fact]
    public void What_only_this_node_lacks_is_said_as_the_nodes_fault()
    {
        File.Move(_run.Options.Tokenizer.Path, Folder["elsewhere"]);
        Registration();
        Assign(1);
        var unfit = Assert.IsType<SupervisorProtocol.TrainerUnfit>(Next());
        Assert.Equal(("t", First, FaultScope.Node), (unfit.Trainer, unfit.Incarnation, unfit.Scope));
        Assert.Contains("cannot be read", unfit.Reason);
        AwaitAgain<SupervisorProtocol.TrainerUnfit>(); // said with every registration, as supervisors move
        // The file is back, and so is the trainer.
        File.Move(Folder["elsewhere"], _run.Options.Tokenizer.Path);
        Assign(2);
        object next = Next();
        while (next is SupervisorProtocol.TrainerUnfit) next = Next();
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 2, 0, -1), next);
    }

    [Fact]
    public void A_newer_supervisor_supersedes_the_one_before_for_good()
    {
        Registration();
        Assign(1);
        Next();
        _trainer.Tell(new SupervisorProtocol.Registered(2));
        Assign(2); // from the first supervisor, which has not noticed the second
        Assign(3, term: 2);
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 3, 0, -1), Next());
    }

    [Fact]
    public void A_restarted_trainer_has_a_greater_incarnation_and_a_restarted_process_a_greater_one_still()
    {
        Assert.Equal(First, Registration().Incarnation);
        _answer = request => new LoaderProtocol.Loaded(TestBatches.Empty(request.Step, request.Replica));
        Begin(1);
        Assert.Equal(First, Failure().Incarnation);
        Assert.Equal(First + 1, Registration().Incarnation);
        Assert.True(new Incarnations(2).Next() > First + 1);
    }

    [Fact]
    public void A_trainer_that_leaves_says_so_until_it_is_released_and_then_nothing_any_more()
    {
        TestProbe node = CreateTestProbe();
        Sys.EventStream.Subscribe(node, typeof(TrainerProtocol.Released));
        Registration();
        _trainer.Tell(TrainerProtocol.Leave.Instance);
        for (int i = 0; i < 2; i++)
            Assert.Equal(new SupervisorProtocol.TrainerLeaving("t", First), Next());
        _trainer.Tell(new TrainerProtocol.Released("t"));
        node.ExpectMsg<TrainerProtocol.Released>(Timeout);
        Settle(_trainer);
        while (_supervisor.HasMessages) _supervisor.ReceiveOne(Timeout);
        PassRegistrationInterval();
        Assert.False(_supervisor.HasMessages);
    }

    [Fact]
    public void A_stop_gives_up_the_step_at_hand_and_keeps_the_state()
    {
        RunAndWaitForShares(steps: 2);
        _trainer.Tell(new TrainerProtocol.Stop(1));
        Assign(2);
        Assert.Equal(new SupervisorProtocol.TrainerReady("t", 2, 2, -1), Next());
    }

    [Fact]
    public void A_state_that_is_due_and_not_stored_is_handed_over_before_the_first_step()
    {
        RunAndWaitForShares(steps: 4);
        Assert.Equal(1, _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout).Snapshot.Generation);
        Begin(2, stored: 0); // the state of the first generation was not committed
        CheckpointerProtocol.Save again = _checkpointer.ExpectMsg<CheckpointerProtocol.Save>(Timeout);
        Assert.Equal((4, 2), (again.Snapshot.Step, again.Snapshot.Generation));
        Assert.True(again.Metrics["loss_total"] > 0);
        Begin(3, stored: 4); // the state of the second generation was
        Assign(4);
        Next();
        Assert.False(_checkpointer.HasMessages);
    }

    [Fact]
    public void A_device_that_fails_ends_the_process()
    {
        Registration();
        Assign(1);
        Next();
        _clock.At(_clock.Readings + 10, () => throw new DeviceFailure());
        _trainer.Tell(new TrainerProtocol.Begin(1, -1));
        Assert.Contains("CUDA error", Failure().Reason);
        Registration();
        Assert.Contains("CUDA error", Assert.Single(_ended));
    }

    [Fact]
    public async Task A_thread_that_does_not_end_ends_the_process()
    {
        using ManualResetEventSlim stuck = new(), free = new();
        FaultyEngine engine = new(new InProcessEngine())
        {
            Binding = _ =>
            {
                stuck.Set();
                free.Wait(Timeout);
            },
        };
        await _trainer.GracefulStop(Timeout);
        IActorRef trainer = Start(_setup with { Engine = engine, ThreadEndTimeout = TimeSpan.Zero });
        trainer.Tell(new TrainerProtocol.Assign(
            1, 1, 0, 2, [new HostedReplicas("t", [0, 1, 2, 3]), new HostedReplicas("u", [4, 5, 6, 7])], []));
        Assert.True(stuck.Wait(Timeout));
        await trainer.GracefulStop(Timeout);
        free.Set();
        Assert.Contains("the thread of t does not end", Assert.Single(_ended));
    }

    private IActorRef Start(TrainerSetup setup)
    {
        TrainerActor.Peers actors = new(_supervisor, _checkpointer, _monitor);
        return Sys.ActorOf(Props.Create(() => new TrainerActor(setup, actors)));
    }

    private static LoaderProtocol.Failed Failed(LoaderProtocol.Request request, string reason, FaultScope scope) =>
        new(request.Step, request.Replica, reason, scope);

    private LoaderProtocol.Loaded Loaded(LoaderProtocol.Request request) =>
        new(_batches.Create(request.Step, request.Replica));

    /// <summary>Registers the trainer, begins generation 1, and waits for the reports of its first steps.</summary>
    private void Run(int steps)
    {
        Registration();
        Begin(1);
        for (int step = 1; step <= steps; step++) Assert.Equal(Step(1, step), Next());
    }

    /// <summary>As <see cref="Run"/>, but the loader does not answer after those steps, so the loop waits.</summary>
    private void RunAndWaitForShares(int steps)
    {
        _answer = request => request.Step < steps ? Loaded(request) : Nothing.Instance;
        Run(steps);
    }

    /// <summary>Assigns and connects the trainer, waits until it is ready, and has it begin.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="stored">Step of the last committed checkpoint; −1 for none.</param>
    /// <returns>The trainer's report.</returns>
    private object Begin(long generation, long stored = -1)
    {
        Assign(generation);
        object ready = Next();
        _trainer.Tell(new TrainerProtocol.Begin(generation, stored));
        return ready;
    }

    /// <summary>
    /// Returns when a registration that was due would have been sent. The scheduler runs its timers in order, so a
    /// message that it sends to the trainer later than the registration's timer arrives behind it, on any machine.
    /// </summary>
    private void PassRegistrationInterval()
    {
        Sys.Scheduler.ScheduleTellOnce(1.5 * SupervisorRegistration.Interval, _trainer, new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>(Timeout);
    }

    /// <summary>
    /// Makes the trainer the only host and connects it at once: a generation of one trainer waits for no addresses.
    /// </summary>
    private void Assign(long generation, long term = 1)
    {
        HostedReplicas all = new("t", [.. Enumerable.Range(0, 8)]);
        _trainer.Tell(new TrainerProtocol.Assign(term, generation, 0, 1, [all], [_loader.Ref]));
        _trainer.Tell(new TrainerProtocol.Connect(generation, [ReadOnlyMemory<byte>.Empty], 0, FromDisk: true));
    }

    private static SupervisorProtocol.StepApplied Step(long generation, long step) => new("t", generation, step, 0, 0);

    private SupervisorProtocol.RegisterTrainer Registration() =>
        _supervisor.ExpectMsg<SupervisorProtocol.RegisterTrainer>(Timeout);

    private SupervisorProtocol.TrainerFailed Failure() =>
        (SupervisorProtocol.TrainerFailed)_supervisor.FishForMessage(
            m => m is SupervisorProtocol.TrainerFailed, Timeout);

    /// <summary>
    /// The next report, without its timings. Registrations, which come every second, and repetitions are left out.
    /// </summary>
    private object Next()
    {
        object report = _supervisor.FishForMessage(m => _seen.Add(m) &&
            m is not (SupervisorProtocol.RegisterTrainer or SupervisorProtocol.TrainerBound), Timeout);
        return report is SupervisorProtocol.StepApplied { Figures: not null } step
            ? step with { BusySeconds = 0, WaitSeconds = 0, Figures = null } : report;
    }

    /// <summary>Waits for the repetition of a report: the same object once more.</summary>
    private void AwaitAgain<T>() => _supervisor.FishForMessage(m => m is T && !_seen.Add(m), Timeout);

    /// <summary>An error of a GPU, in the form in which libtorch's errors arrive.</summary>
    private sealed class DeviceFailure() : ExternalException("CUDA error: unspecified launch failure");

    /// <summary>An answer that a feeder ignores.</summary>
    private sealed record Nothing
    {
        public static readonly Nothing Instance = new();
    }
}
