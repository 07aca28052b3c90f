using Starling.Actors.Coordination;

namespace Starling.Actors.Tests.Coordination;

/// <summary>Lost trainers, broken exchanges, silence.</summary>
public sealed class RunMachineFaultTests
{
    private readonly MachineBench _run = new();

    [Fact]
    public void A_lost_host_is_followed_by_a_roll_call_and_the_next_generation_as_soon_as_all_have_answered()
    {
        _run.Run("a", "b", "c");
        IReadOnlyList<RunEffect> effects = _run.Lose("b");
        Assert.IsType<RunEffect.Fault>(effects[0]);
        Assert.Equal(new RunEffect.Ping(_run.State.Sequence), effects[1]);
        Assert.Equal(new RunEffect.StartTimer(RunTimer.RollCall, 3, TimeSpan.FromSeconds(1)), effects[2]);
        Assert.Empty(_run.Answer("a", _run.State.Sequence - 1)); // to an earlier ping
        Assert.Empty(_run.Answer("a"));
        Assert.Equal([("a", 0), ("c", 1)],
            _run.Answer("c").OfType<RunEffect.Assign>().Select(e => (e.Trainer, e.Rank)));
    }

    [Fact]
    public void Whoever_is_lost_meanwhile_is_not_waited_for()
    {
        _run.Run("a", "b", "c");
        _run.Break("a");
        _run.Answer("a");
        Assert.DoesNotContain(_run.Lose("b"), e => e is RunEffect.Assign);
        Assert.Equal(["a"], _run.Lose("c").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void Whoever_does_not_answer_in_time_is_out()
    {
        _run.Run("a", "b");
        _run.Break("a");
        Assert.Empty(_run.Break("b")); // asked already
        _run.Answer("a");
        for (int silence = 0; silence <= _run.Plan.UnansweredPings; silence++)
        {
            // Not yet: a host that is busy may be silent for a moment.
            Assert.Equal([new RunEffect.StartTimer(RunTimer.RollCall, 2, TimeSpan.FromSeconds(1))],
                _run.Ring(RunTimer.RollCall));
            _run.Tick();
        }
        Assert.Equal(["a"], _run.Ring(RunTimer.RollCall).OfType<RunEffect.Assign>().Select(e => e.Trainer));
        Assert.Contains(new RunEffect.Persist(4, 0, -1), _run.Join("b")); // and back as a newcomer, same incarnation
    }

    [Fact]
    public void A_host_that_the_cluster_cannot_reach_is_waited_for_until_the_cluster_has_given_it_up()
    {
        BreakWithSilent("b");
        Assert.Equal("the cluster to decide about b, which cannot be reached", Waiting.For(_run.State));
        Assert.Equal(["a"], _run.Lose("b").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void A_host_that_the_cluster_reaches_again_takes_part()
    {
        BreakWithSilent("b");
        Assert.Empty(_run.Apply(new RunEvent.TrainerBack("b")));
        Assert.Equal(["a", "b"], _run.Answer("b").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void A_host_that_the_cluster_reaches_again_but_that_says_nothing_is_out()
    {
        BreakWithSilent("b");
        Assert.Empty(_run.Apply(new RunEvent.TrainerBack("b")));
        Assert.Equal(["a"], _run.Ring(RunTimer.RollCall).OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void Whoever_registers_during_a_roll_call_is_there()
    {
        _run.Run("a", "b");
        _run.Lose("b");
        Assert.Empty(_run.Join("c"));
        Assert.Equal(["a", "c"], _run.Answer("a").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void Silence_for_seven_pings_is_followed_by_a_roll_call()
    {
        _run.Run("a", "b");
        for (int i = 0; i < 8; i++)
        {
            long next = _run.State.Sequence + 1;
            Assert.Equal([new RunEffect.Ping(next)], _run.Tick());
            Assert.Equal(RunPhase.Running, _run.State.Phase);
            _run.Answer("a");
        }
        Assert.Contains(_run.Tick(), e => e is RunEffect.StartTimer { Timer: RunTimer.RollCall });
        Assert.Equal(RunPhase.RollCall, _run.State.Phase);
        _run.Answer("b"); // it was only slow
        Assert.Equal(["a", "b"], _run.Answer("a").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void A_silent_spare_is_forgotten_without_ado()
    {
        _run.Plan = _run.Plan with { Replicas = 1 };
        _run.Run("a");
        _run.Join("b");
        for (int i = 0; i < 9; i++)
        {
            _run.Tick();
            _run.Answer("a");
        }
        Assert.Equal(["a"], _run.State.Trainers.Keys);
        Assert.Equal(RunPhase.Running, _run.State.Phase);
    }

    [Fact]
    public void Hosts_that_are_not_bound_or_ready_in_time_are_out()
    {
        _run.Join("a");
        _run.Join("b");
        _run.Bind("b");
        Assert.Equal(["b"], _run.Ring(RunTimer.Form).OfType<RunEffect.Assign>().Select(e => e.Trainer));
        _run.Join("a");
        _run.Bind("a");
        _run.Bind("b");
        _run.Ready("a");
        Assert.Equal(["a"], _run.Ring(RunTimer.Form).OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void A_host_that_is_late_because_it_is_out_of_reach_is_not_decided_about_by_the_machine()
    {
        _run.Join("a");
        _run.Join("b");
        _run.Bind("b");
        _run.Apply(new RunEvent.TrainerSilent("a"));
        Assert.DoesNotContain(_run.Ring(RunTimer.Form), e => e is RunEffect.Assign);
        Assert.Equal(RunPhase.RollCall, _run.State.Phase);
        _run.Answer("b");
        Assert.Equal(["b"], _run.Lose("a").OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void Hosts_that_hold_different_steps_do_not_begin()
    {
        _run.Join("a");
        _run.Join("b");
        _run.Bind("a", 3);
        _run.Bind("b", 3);
        _run.Ready("a", 3);
        Assert.DoesNotContain(_run.Ready("b", 4), e => e is RunEffect.Begin);
        Assert.Equal(RunPhase.RollCall, _run.State.Phase);
    }

    [Fact]
    public void Reports_of_another_generation_or_incarnation_change_nothing()
    {
        _run.Run("a", "b");
        RunState before = _run.State;
        foreach (long generation in (long[])[1, 3])
        {
            foreach (RunEvent report in (RunEvent[])[new RunEvent.ExchangeBroke("a", generation, "x"),
                new RunEvent.StepApplied("a", generation, 9, 1, 0), new RunEvent.TrainingEnded("a", generation, 9)])
            {
                // Who reports of an earlier generation does not know of the present one.
                RunEffect assignment = new RunEffect.Again("a", new RunEffect.Assign("a", 2, 0, before.Hosting));
                Assert.Equal(generation == 1 ? [assignment] : [], _run.Apply(report));
            }
            Assert.Empty(_run.Apply(new RunEvent.TimerRang(RunTimer.Form, generation)));
        }
        Assert.Empty(_run.Lose("a", 7));
        Assert.Empty(_run.Lose("z"));
        Assert.Empty(_run.Apply(new RunEvent.TrainerAnswered("a", 7, 99, 0)));
        Assert.Same(before, _run.State);
    }

    [Fact]
    public void A_step_that_does_not_come_is_waited_for_by_name()
    {
        _run.Run("a", "b");
        _run.Apply(new RunEvent.StepApplied("a", 2, 1, 1, 0));
        for (int i = 0; i <= 10; i++)
        {
            Assert.Null(Waiting.For(_run.State));
            _run.Tick();
            _run.Answer("a");
            _run.Answer("b");
        }
        Assert.Equal("step 1 of b", Waiting.For(_run.State));
        _run.Apply(new RunEvent.StepApplied("b", 2, 1, 1, 0));
        Assert.Null(Waiting.For(_run.State));
        for (int i = 0; i <= 10 + 5 * 11; i++) // steps take 11 s here
        {
            Assert.Null(Waiting.For(_run.State));
            _run.Tick();
            _run.Answer("a");
            _run.Answer("b");
        }
        Assert.Equal("step 2 of a, b", Waiting.For(_run.State));
        _run.End(1);
        Assert.Equal("the checkpoint of step 1 of a", Waiting.For(_run.State));
    }

    [Fact]
    public void A_commit_that_arrives_after_the_disk_was_read_again_does_not_count()
    {
        _run.Run("a");
        _run.Step(4);
        _run.Lose("a");
        _run.Join("a", 2);
        _run.Bind("a", -1);
        _run.Ready("a", 0, -1); // the checkpoint of step 4 turned out to be damaged
        Assert.Empty(_run.Apply(new RunEvent.CheckpointCommitted(1, 4)));
        Assert.Equal(-1, _run.State.Checkpoint);
        Assert.NotEmpty(_run.Store(4));
    }

    [Fact]
    public void Without_trainers_the_run_waits_for_one()
    {
        _run.Run("a");
        _run.Step(3);
        Assert.IsType<RunEffect.Fault>(Assert.Single(_run.Lose("a")));
        Assert.Equal(RunPhase.Gathering, _run.State.Phase);
        Assert.Equal("a trainer", Waiting.For(_run.State));
        Assert.Contains(new RunEffect.Persist(2, 3, -1), _run.Join("a"));
    }

    [Fact]
    public void What_is_missing_for_long_is_said_once()
    {
        List<RunEffect> said = [];
        for (int i = 0; i < 2 * Waiting.TicksBeforeNote + 2; i++)
        {
            said.AddRange(_run.Tick().Where(e => e is RunEffect.Note));
            Assert.Equal(i < Waiting.TicksBeforeNote ? 0 : 1, said.Count);
        }
        Assert.Equal(new RunEffect.Note("still waiting for a trainer"), said[0]);
        _run.Run("a");
        _run.Apply(new RunEvent.LoadersChanged(0));
        for (int i = 0; i <= Waiting.TicksBeforeNote; i++)
        {
            said.AddRange(_run.Tick().Where(e => e is RunEffect.Note));
            _run.Answer("a");
        }
        Assert.Equal(new RunEffect.Note("still waiting for a loader"), said[1]);
    }

    [Fact]
    public void Three_generations_that_fail_by_themselves_without_a_step_end_the_run_and_a_step_forgives()
    {
        for (int generation = 1; generation <= 2; generation++)
        {
            _run.Run("a");
            _run.Fail("a");
        }
        _run.Run("a");
        _run.Step(1);
        _run.Fail("a");
        Assert.Equal(0, _run.State.FruitlessGenerations);
        for (int generation = 4; generation <= 5; generation++)
        {
            _run.Run("a");
            _run.Fail("a");
        }
        _run.Run("a");
        var end = Assert.IsType<RunEffect.End>(_run.Fail("a")[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("out of memory", end.Reason);
    }

    [Fact]
    public void Processes_that_die_say_nothing_about_the_run()
    {
        for (int generation = 1; generation <= 9; generation++)
        {
            _run.Run("a");
            _run.Lose("a");
        }
        Assert.Equal(RunPhase.Gathering, _run.State.Phase);
    }

    [Fact]
    public void Connections_that_break_end_a_run_only_after_a_long_time_without_a_step()
    {
        _run.Run("a", "b");
        for (int i = 0; i < 5; i++) BreakAndForm();
        _run.Step(1);
        BreakAndForm();
        for (int second = 1; second <= _run.Plan.MaxTicksWithoutExchange; second++)
        {
            Assert.Equal(RunPhase.Running, _run.State.Phase);
            BreakAndForm(); // since the step, this is the first generation that makes none
            _run.Tick();
            _run.Answer("a");
            _run.Answer("b");
        }
        Break();
        var end = Assert.IsType<RunEffect.End>(_run.Ring(RunTimer.RollCall)[^1]);
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Equal("the trainers lost their connections to each other before each step for 600 s; " +
            "last: a: connection reset", end.Reason);

        void Break()
        {
            _run.Break("a");
            _run.Answer("a");
            _run.Answer("b");
        }

        void BreakAndForm()
        {
            Break();
            if (_run.State.Phase == RunPhase.RollCall) _run.Ring(RunTimer.RollCall);
            _run.GetReady();
        }
    }

    [Fact]
    public void A_lost_host_begins_the_time_without_connections_anew()
    {
        _run.Run("a", "b");
        _run.Break("a");
        _run.Answer("a");
        _run.Answer("b");
        Assert.Equal(0, _run.State.FruitlessSince);
        _run.GetReady();
        _run.Lose("b");
        _run.Answer("a");
        Assert.Null(_run.State.FruitlessSince);
    }

    [Fact]
    public void After_a_fruitless_generation_the_roll_call_takes_its_time()
    {
        _run.Run("a", "b");
        _run.Break("a");
        _run.Answer("a");
        Assert.NotEmpty(_run.Answer("b"));
        _run.GetReady();
        _run.Break("a");
        _run.Answer("a");
        Assert.Empty(_run.Answer("b"));
        Assert.Equal(2, _run.Ring(RunTimer.RollCall).OfType<RunEffect.Assign>().Count());
    }

    [Fact]
    public void Making_the_same_steps_again_is_not_progress()
    {
        _run.Run("a");
        _run.Step(7);
        _run.Fail("a");
        _run.Join("a");
        _run.GetReady(4, 4);
        Assert.Equal(4, _run.State.Step);
        for (int step = 5; step <= 7; step++) _run.Step(step);
        _run.Fail("a");
        Assert.Equal(1, _run.State.FruitlessGenerations);
    }

    [Fact]
    public void A_checkpoint_that_an_earlier_generation_lost_is_made_again()
    {
        _run.Run("a");
        _run.Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        _run.Join("b");
        _run.Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        _run.GetReady(12);
        Assert.Equal([new RunEffect.Stop(2)], _run.End(12));
        Assert.Contains(new RunEffect.End(RunOutcome.Completed, 12, null), _run.Store(12));
    }

    [Fact]
    public void A_last_state_that_died_with_rank_0_is_stored_by_the_next()
    {
        _run.Run("a", "b");
        _run.End(12);
        Assert.Contains(_run.Lose("a"), e => e is RunEffect.Ping);
        Assert.Equal("b", Assert.Single(_run.Answer("b").OfType<RunEffect.Assign>()).Trainer);
        _run.Bind("b", 12);
        Assert.Equal([new RunEffect.Begin(3, -1)], _run.Ready("b", 12));
        _run.End(12);
        Assert.Contains(new RunEffect.End(RunOutcome.Completed, 12, null), _run.Store(12));
    }

    [Fact]
    public void A_rank_0_that_was_started_again_before_its_death_was_noticed_has_lost_the_last_state()
    {
        _run.Run("a", "b");
        _run.End(12);
        Assert.Equal(["a", "b"], _run.Join("a", 2).OfType<RunEffect.Assign>().Select(e => e.Trainer));
    }

    [Fact]
    public void Once_the_last_state_is_stored_nobody_is_needed()
    {
        _run.Plan = _run.Plan with { EvaluationEnabled = true };
        _run.Run("a", "b");
        _run.Store(12);
        _run.End(12);
        Assert.IsType<RunEffect.Fault>(Assert.Single(_run.Lose("a")));
        Assert.Equal(RunPhase.Draining, _run.State.Phase);
    }

    [Fact]
    public void A_stop_whose_last_trainer_is_lost_ends_with_what_is_stored()
    {
        _run.Run("a");
        _run.Apply(new RunEvent.StopRequested());
        Assert.Equal(RunOutcome.Stopped, Assert.IsType<RunEffect.End>(_run.Lose("a")[^1]).Outcome);
    }

    [Fact]
    public void A_stop_that_a_fault_came_in_the_way_of_halts_the_next_generation()
    {
        _run.Run("a", "b");
        _run.Apply(new RunEvent.StopRequested());
        _run.Lose("a");
        _run.Answer("b");
        Assert.Equal([new RunEffect.Begin(3, -1), new RunEffect.Halt(3)], _run.GetReady());
    }

    [Fact]
    public void A_halt_after_a_fault_ends_at_the_step_it_halted_at()
    {
        _run.Run("a");
        _run.Step(12);
        _run.Lose("a");
        _run.Join("a");
        _run.GetReady(4, 4);
        _run.Apply(new RunEvent.StopRequested());
        _run.End(5);
        Assert.Contains(new RunEffect.End(RunOutcome.Stopped, 5, null), _run.Store(5));
    }

    /// <summary>A roll call that one of the two hosts does not answer for long, for its node is out of reach.</summary>
    private void BreakWithSilent(string host)
    {
        _run.Run("a", "b");
        _run.Apply(new RunEvent.TrainerSilent(host));
        _run.Break("a");
        _run.Answer("a");
        for (int second = 0; second < 10 * _run.Plan.UnansweredPings; second++)
        {
            _run.Tick();
            _run.Answer("a");
            Assert.Equal([new RunEffect.StartTimer(RunTimer.RollCall, 2, TimeSpan.FromSeconds(1))],
                _run.Ring(RunTimer.RollCall));
        }
    }
}
