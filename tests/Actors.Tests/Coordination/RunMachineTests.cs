using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Tests.Coordination;

/// <summary>
/// One rule a test, for a run without faults and for its end; faults are in <see cref="RunMachineFaultTests"/>, and
/// what holds for every sequence of events is in <see cref="RunMachinePropertyTests"/>.
/// </summary>
public sealed class RunMachineTests
{
    private readonly MachineBench _run = new();

    [Fact]
    public void A_trainer_brings_the_first_generation()
    {
        IReadOnlyList<RunEffect> effects = _run.Join("a");
        Assert.Equal(new RunEffect.Persist(1, 0, -1), effects[0]);
        var assign = Assert.IsType<RunEffect.Assign>(effects[1]);
        Assert.Equal(("a", 1L, 0), (assign.Trainer, assign.Generation, assign.Rank));
        Assert.Equal([0, 1, 2, 3], Assert.Single(assign.Hosting).Replicas);
        Assert.Equal(new RunEffect.StartTimer(RunTimer.Form, 1, _run.Plan.FormTimeout), effects[2]);
        Assert.Equal(3, effects.Count);
        Assert.Equal(RunPhase.Binding, _run.State.Phase);
    }

    [Fact]
    public void A_new_supervisor_waits_for_the_hosts_of_the_last_generation_and_for_nobody_else()
    {
        _run.Plan = _run.Plan with { Settle = TimeSpan.FromSeconds(1) };
        _run.State = new RunState { Loaders = 1, Generation = 7 };
        RunEvent.TrainerJoined first = new("b", 3) { Hosts = ["a", "b"] };
        Assert.Equal([new RunEffect.StartTimer(RunTimer.Settle, 7, TimeSpan.FromSeconds(1))], _run.Apply(first));
        Assert.Empty(_run.Apply(first));
        Assert.Contains(_run.Join("a", 5), e => e is RunEffect.Assign { Trainer: "b", Generation: 8 });

        // Their processes all die and come back.
        _run.Lose("a", 5);
        _run.Lose("b", 3);
        Assert.DoesNotContain(_run.Join("a", 6), e => e is RunEffect.Assign);
        Assert.Contains(_run.Join("b", 4), e => e is RunEffect.Assign { Trainer: "a", Generation: 9 });
    }

    [Fact]
    public void Nothing_is_formed_before_there_is_a_loader()
    {
        _run.State = new RunState();
        Assert.Empty(_run.Join("a"));
        Assert.Equal("a loader", Waiting.For(_run.State));
        Assert.Contains(new RunEffect.Persist(1, 0, -1), _run.Apply(new RunEvent.LoadersChanged(1)));
        Assert.Equal("a to get ready to connect", Waiting.For(_run.State));
    }

    [Fact]
    public void Others_may_settle_before_the_first_generation_is_formed()
    {
        _run.Plan = _run.Plan with { Settle = TimeSpan.FromSeconds(1) };
        Assert.Equal([new RunEffect.StartTimer(RunTimer.Settle, 0, _run.Plan.Settle)], _run.Join("a"));
        Assert.Empty(_run.Join("b"));
        Assert.Equal(["a", "b"], _run.Ring(RunTimer.Settle).OfType<RunEffect.Assign>().Select(e => e.Trainer));
        Assert.Equal(1, _run.Generation);
    }

    [Fact]
    public void A_supervisor_that_starts_later_goes_on_counting()
    {
        _run.State = _run.State with { Generation = 41, Step = 7, EarlierCheckpoint = 4 };
        Assert.Contains(new RunEffect.Persist(42, 7, 4), _run.Join("a"));
    }

    [Fact]
    public void The_same_incarnation_asking_twice_is_no_news_and_an_older_one_neither()
    {
        _run.Join("a", 2);
        RunState before = _run.State;
        Assert.Empty(_run.Join("a", 2));
        Assert.Empty(_run.Join("a", 1));
        Assert.Same(before, _run.State);
    }

    [Fact]
    public void A_trainer_started_again_is()
    {
        _run.Join("a", 1);
        Assert.Contains(new RunEffect.Persist(2, 0, -1), _run.Join("a", 2));
    }

    [Fact]
    public void The_hosts_connect_when_the_last_is_bound_and_begin_when_the_last_is_ready()
    {
        _run.Join("a");
        _run.Join("b");
        Assert.Empty(_run.Bind("b"));
        Assert.Empty(_run.Bind("b"));
        Assert.Empty(_run.Ready("b")); // before it could be
        IReadOnlyList<RunEffect> effects = _run.Bind("a");
        var connect = Assert.IsType<RunEffect.Connect>(effects[0]);
        Assert.Equal([(byte)'a', (byte)'b'], connect.EngineAddresses.Select(b => b.Span[0]));
        Assert.Equal(new RunEffect.StartTimer(RunTimer.Form, 2, _run.Plan.FormTimeout), effects[1]);
        Assert.Empty(_run.Ready("b"));
        Assert.Empty(_run.Ready("b"));
        Assert.Equal([new RunEffect.Begin(2, -1)], _run.Ready("a"));
        Assert.Equal(RunPhase.Running, _run.State.Phase);
    }

    [Theory]
    [InlineData(-1, -1, -1, 0, true)] // nobody has a state
    [InlineData(-1, 8, -1, 1, false)]
    [InlineData(7, 8, 7, 1, false)] // the furthest
    [InlineData(8, 8, 7, 0, false)] // its lowest rank
    [InlineData(8, 8, 8, 0, false)]
    [InlineData(7, 6, 8, 0, true)] // older than the last checkpoint
    public void The_furthest_state_is_gone_on_from(long a, long b, long checkpoint, int source, bool fromDisk)
    {
        _run.State = _run.State with { EarlierCheckpoint = checkpoint };
        _run.Join("a");
        _run.Join("b");
        _run.Bind("a", a);
        var connect = Assert.IsType<RunEffect.Connect>(_run.Bind("b", b)[0]);
        Assert.Equal((source, fromDisk), (connect.SourceRank, connect.FromDisk));
    }

    [Fact]
    public void A_damaged_checkpoint_that_was_known_before_is_not_waited_for()
    {
        _run.State = _run.State with { EarlierCheckpoint = 8 };
        _run.Join("a");
        _run.Bind("a");
        Assert.Contains(new RunEffect.Begin(1, 4), _run.Ready("a", step: 4, checkpoint: 4));
        _run.Apply(new RunEvent.StopRequested());
        Assert.DoesNotContain(_run.End(6), e => e is RunEffect.End);
        Assert.Contains(new RunEffect.End(RunOutcome.Stopped, 6, null), _run.Store(6));
    }

    [Fact]
    public void A_step_is_committed_when_the_last_host_has_applied_it()
    {
        _run.Run("a", "b");
        _run.Apply(new RunEvent.StepApplied("a", 2, 1, 1, 0));
        _run.Apply(new RunEvent.StepApplied("a", 2, 2, 1, 0));
        Assert.Equal(0, _run.State.Step);
        _run.Apply(new RunEvent.StepApplied("b", 2, 1, 1, 0));
        Assert.Equal(1, _run.State.Step);
    }

    [Fact]
    public void A_trainer_that_joins_a_running_generation_forms_the_next()
    {
        _run.Run("a");
        _run.Step(3);
        IReadOnlyList<RunEffect> effects = _run.Join("b");
        Assert.Equal(new RunEffect.Persist(2, 3, -1), effects[0]);
        Assert.Equal([("a", 0), ("b", 1)], effects.OfType<RunEffect.Assign>().Select(e => (e.Trainer, e.Rank)));
    }

    [Fact]
    public void A_trainer_with_nothing_to_host_stands_by_and_holds_up_nobody()
    {
        _run.Plan = _run.Plan with { Replicas = 2 };
        _run.Run("b", "c");
        var spare = Assert.IsType<RunEffect.Assign>(Assert.Single(_run.Join("a")));
        Assert.Equal(("a", 2L, -1), (spare.Trainer, spare.Generation, spare.Rank));
        Assert.Empty(_run.Ready("a", -1));
        Assert.IsType<RunEffect.Fault>(Assert.Single(_run.Lose("a")));
        Assert.Equal(RunPhase.Running, _run.State.Phase);
        _run.Join("a", 2);
        _run.Lose("b");
        _run.Apply(new RunEvent.TrainerAnswered("a", 2, _run.State.Sequence, _run.State.Generation));
        Assert.Equal([("a", 0), ("c", 1)],
            _run.Answer("c").OfType<RunEffect.Assign>().Select(e => (e.Trainer, e.Rank)));
    }

    [Fact]
    public void Hosts_stay_hosts_whatever_a_spare_is_called()
    {
        _run.Plan = _run.Plan with { Replicas = 2 };
        _run.Run("b", "c");
        _run.Join("a");
        _run.Break("b");
        _run.Answer("a");
        _run.Answer("b");
        Assert.Equal([("a", -1), ("b", 0), ("c", 1)],
            _run.Answer("c").OfType<RunEffect.Assign>().Select(e => (e.Trainer, e.Rank)));
    }

    [Fact]
    public void The_run_ends_once_its_last_checkpoint_is_on_the_disk()
    {
        _run.Run("a", "b");
        Assert.Empty(_run.Apply(new RunEvent.TrainingEnded("b", 2, 12))); // rank 0 stores the state
        Assert.Equal([new RunEffect.Stop(2)], _run.End(12));
        Assert.Equal([new RunEffect.Persist(2, 12, 12), new RunEffect.End(RunOutcome.Completed, 12, null)],
            _run.Store(12));
        Assert.Empty(_run.Join("c"));
        Assert.Empty(_run.Apply(new RunEvent.StopRequested()));
    }

    [Fact]
    public void A_checkpoint_may_be_there_before_the_news_of_the_last_step()
    {
        _run.Run("a");
        _run.Store(12);
        Assert.Equal([new RunEffect.Stop(1), new RunEffect.End(RunOutcome.Completed, 12, null)], _run.End(12));
    }

    [Fact]
    public void A_run_that_was_complete_already_ends_at_once()
    {
        _run.Join("a");
        _run.GetReady(12, 12);
        Assert.Contains(new RunEffect.End(RunOutcome.Completed, 12, null), _run.End(12));
    }

    [Fact]
    public void A_checkpoint_that_fails_does_not_end_the_run_unless_it_is_the_last()
    {
        _run.Run("a");
        RunEvent.CheckpointFailed failed = new(1, 4, "disk full");
        Assert.Equal([new RunEffect.Fault("the checkpoint of step 4 was not stored: disk full")], _run.Apply(failed));
        Assert.Empty(_run.Apply(failed)); // repeated, because it may be lost
        _run.End(12);
        var end = Assert.IsType<RunEffect.End>(_run.Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"))[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("disk full", end.Reason);
    }

    [Fact]
    public void A_last_checkpoint_that_failed_before_the_news_of_the_last_step_ends_the_run_too()
    {
        _run.Run("a");
        _run.Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        var end = Assert.IsType<RunEffect.End>(_run.End(12)[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("disk full", end.Reason);
    }

    [Fact]
    public void A_stop_halts_rank_0_and_ends_with_its_checkpoint()
    {
        _run.Run("a", "b");
        _run.Step(5);
        Assert.Equal([new RunEffect.Halt(2)], _run.Apply(new RunEvent.StopRequested()));
        Assert.Empty(_run.Apply(new RunEvent.StopRequested()));
        Assert.Empty(_run.Join("c")); // would only delay it
        Assert.Equal([new RunEffect.Stop(2)], _run.End(6));
        Assert.Contains(new RunEffect.End(RunOutcome.Stopped, 6, null), _run.Store(6));
    }

    [Fact]
    public void A_stop_before_there_is_a_trainer_ends_at_once() => Assert.Equal(
        [new RunEffect.End(RunOutcome.Stopped, 0, null)], _run.Apply(new RunEvent.StopRequested()));

    [Fact]
    public void A_stop_before_anything_is_formed_stores_what_trainers_may_hold_in_memory()
    {
        _run.Plan = _run.Plan with { Settle = TimeSpan.FromSeconds(1) };
        _run.State = new RunState(); // no loader either
        _run.Join("a");
        Assert.Contains(new RunEffect.Persist(1, 0, -1), _run.Apply(new RunEvent.StopRequested()));
    }

    [Fact]
    public void A_stop_while_a_generation_is_formed_halts_it_when_it_begins()
    {
        _run.Join("a");
        Assert.Empty(_run.Apply(new RunEvent.StopRequested()));
        Assert.Equal([new RunEffect.Begin(1, -1), new RunEffect.Halt(1)], _run.GetReady());
    }

    [Fact]
    public void A_mistake_of_the_user_ends_the_run_whatever_it_does()
    {
        _run.Run("a");
        Assert.Equal([new RunEffect.End(RunOutcome.Rejected, 0, "damaged shard")],
            _run.Apply(new RunEvent.Fatal("damaged shard")));
    }

    [Fact]
    public void A_slow_trainer_is_reported_once_and_once_more_when_it_keeps_up_again()
    {
        _run.Plan = _run.Plan with { Steps = 100 };
        _run.Run("a", "b");
        Assert.Equal("trainer b is slow: a replica takes it 1.55 times as long as the others, on average over 20 steps",
            Assert.IsType<RunEffect.Fault>(Assert.Single(Steps(1, 30, busy: 2))).Reason);
        Assert.Equal("trainer b keeps up with the others again",
            Assert.IsType<RunEffect.Note>(Assert.Single(Steps(31, 60, busy: 1))).Line);
    }

    [Fact]
    public void A_slow_trainer_that_is_gone_is_not_said_to_keep_up()
    {
        _run.Plan = _run.Plan with { Steps = 100 };
        _run.Run("a", "b", "c");
        Steps(1, 20, busy: 2);
        Assert.True(_run.State.Slow.IsFlagged("b"));
        _run.Lose("b");
        foreach (string trainer in (string[])["a", "c"]) _run.Answer(trainer);
        _run.GetReady(20);
        Assert.Empty(Steps(21, 22, busy: 1));
        Assert.False(_run.State.Slow.IsFlagged("b"));
    }

    /// <summary>Everybody makes steps, b's own work takes so many times as long as the others'.</summary>
    private List<RunEffect> Steps(long from, long to, double busy)
    {
        List<RunEffect> said = [];
        for (long step = from; step <= to; step++)
            foreach (HostedReplicas host in _run.State.Hosting)
                said.AddRange(_run.Apply(new RunEvent.StepApplied(host.Trainer, _run.Generation, step,
                    host.Replicas.Count * (host.Trainer == "b" ? busy : 1), 0)));
        return said;
    }
}
