using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Supervision;

/// <summary>
/// One rule a test; what holds for every sequence of events is in <see cref="RunMachinePropertyTests"/>.
/// </summary>
public sealed class RunMachineTests
{
    private static readonly RunPlan Plan = new(Steps: 12, Replicas: 4, EvaluateEverySteps: 0, EvaluationEnabled: false);

    private RunState _state = new();
    private RunPlan _plan = Plan;

    [Fact]
    public void A_trainer_brings_the_first_generation()
    {
        IReadOnlyList<RunEffect> effects = Apply(Joined("a"));
        Assert.Equal(new RunEffect.PersistGeneration(1), effects[0]);
        var assign = Assert.IsType<RunEffect.Assign>(effects[1]);
        Assert.Equal(("a", 1L, 4), (assign.Trainer, assign.Generation, assign.Replicas.Count));
        Assert.Equal(2, effects.Count);
        Assert.Equal(RunPhase.Forming, _state.Phase);
    }

    [Fact]
    public void A_supervisor_that_starts_later_goes_on_counting()
    {
        _state = new RunState { Generation = 41 };
        Assert.Contains(new RunEffect.PersistGeneration(42), Apply(Joined("a")));
    }

    [Fact]
    public void The_same_incarnation_asking_twice_is_no_news()
    {
        Apply(Joined("a"));
        RunState before = _state;
        Assert.Empty(Apply(Joined("a")));
        Assert.Same(before, _state);
    }

    [Fact]
    public void A_restarted_trainer_is()
    {
        Apply(Joined("a", 1));
        Assert.Contains(new RunEffect.PersistGeneration(2), Apply(Joined("a", 2)));
    }

    [Fact]
    public void Steps_begin_when_the_last_host_is_ready_and_not_before()
    {
        Apply(Joined("a"));
        Apply(Joined("b"));
        Assert.Empty(Apply(Ready("a")));
        Assert.Empty(Apply(Ready("a")));
        Assert.Equal([new RunEffect.Begin(2)], Apply(Ready("b")));
        Assert.Equal(RunPhase.Running, _state.Phase);
    }

    [Fact]
    public void A_trainer_that_joins_a_running_generation_forms_the_next()
    {
        Run("a");
        Apply(new RunEvent.StepCommitted(1, 3));
        IReadOnlyList<RunEffect> effects = Apply(Joined("b"));
        Assert.Equal(["a", "b"], effects.OfType<RunEffect.Assign>().Select(e => e.Trainer));
        Assert.Equal(3, _state.Step);
    }

    [Fact]
    public void A_lost_trainers_replicas_go_to_the_others()
    {
        Run("a", "b");
        IReadOnlyList<RunEffect> effects = Apply(new RunEvent.TrainerLost("b", "unplugged"));
        Assert.Equal([0, 1, 2, 3], Assert.Single(effects.OfType<RunEffect.Assign>()).Replicas);
    }

    [Fact]
    public void Without_trainers_the_run_waits_for_one()
    {
        Run("a");
        Apply(new RunEvent.StepCommitted(1, 3));
        Assert.Empty(Apply(new RunEvent.TrainerLost("a", "unplugged")));
        Assert.Equal(RunPhase.Gathering, _state.Phase);
        Assert.Contains(new RunEffect.PersistGeneration(2), Apply(Joined("a", 1)));
    }

    [Fact]
    public void Losing_somebody_unknown_is_no_news()
    {
        Run("a");
        Assert.Empty(Apply(new RunEvent.TrainerLost("b", "unplugged")));
        Assert.Equal(RunPhase.Running, _state.Phase);
    }

    [Fact]
    public void Three_generations_without_a_step_end_the_run_and_a_step_forgives()
    {
        for (int generation = 1; generation <= 2; generation++)
        {
            Run("a");
            Apply(new RunEvent.TrainerLost("a", "out of memory"));
        }
        Run("a");
        Apply(new RunEvent.StepCommitted(3, 1));
        Apply(new RunEvent.TrainerLost("a", "out of memory"));
        Assert.Equal(0, _state.FruitlessGenerations);
        for (int generation = 4; generation <= 5; generation++)
        {
            Run("a");
            Assert.Empty(Apply(new RunEvent.TrainerLost("a", "out of memory")));
        }
        Run("a");
        var end = Assert.IsType<RunEffect.End>(Assert.Single(Apply(new RunEvent.TrainerLost("a", "out of memory"))));
        Assert.Equal(RunOutcome.Failed, end.Outcome);
        Assert.Contains("out of memory", end.Reason);
    }

    [Fact]
    public void Making_the_same_steps_again_is_not_progress()
    {
        Run("a");
        Apply(new RunEvent.StepCommitted(1, 7));
        Apply(new RunEvent.TrainerLost("a", "x"));
        Apply(Joined("a"));
        Apply(new RunEvent.TrainerReady("a", 2, Step: 4, Checkpoint: 4));
        for (int step = 5; step <= 7; step++) Apply(new RunEvent.StepCommitted(2, step));
        Apply(new RunEvent.TrainerLost("a", "x"));
        Assert.Equal(1, _state.FruitlessGenerations);
    }

    [Fact]
    public void The_run_ends_once_its_last_checkpoint_is_on_the_disk()
    {
        Run("a");
        Assert.Empty(Apply(new RunEvent.TrainingEnded(1, 12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)],
            Apply(new RunEvent.CheckpointCommitted(1, 12)));
        Assert.Empty(Apply(Joined("b")));
        Assert.Empty(Apply(new RunEvent.StopRequested()));
    }

    [Fact]
    public void A_checkpoint_may_be_there_before_the_news_of_the_last_step()
    {
        Run("a");
        Assert.Empty(Apply(new RunEvent.CheckpointCommitted(1, 12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)], Apply(new RunEvent.TrainingEnded(1, 12)));
    }

    [Fact]
    public void A_run_that_was_complete_already_ends_at_once()
    {
        Apply(Joined("a"));
        Apply(new RunEvent.TrainerReady("a", 1, Step: 12, Checkpoint: 12));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)], Apply(new RunEvent.TrainingEnded(1, 12)));
    }

    [Fact]
    public void A_checkpoint_that_fails_does_not_end_the_run_unless_it_is_the_last()
    {
        Run("a");
        Assert.Empty(Apply(new RunEvent.CheckpointFailed(1, 4, "disk full")));
        Apply(new RunEvent.TrainingEnded(1, 12));
        var end = Assert.IsType<RunEffect.End>(Assert.Single(Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"))));
        Assert.Equal(RunOutcome.Rejected, end.Outcome);
        Assert.Contains("disk full", end.Reason);
    }

    [Fact]
    public void A_last_checkpoint_that_failed_before_the_news_of_the_last_step_ends_the_run_too()
    {
        Run("a");
        Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        var end = Assert.IsType<RunEffect.End>(Assert.Single(Apply(new RunEvent.TrainingEnded(1, 12))));
        Assert.Equal(RunOutcome.Rejected, end.Outcome);
        Assert.Contains("disk full", end.Reason);
    }

    [Fact]
    public void A_checkpoint_that_an_earlier_generation_lost_is_made_again()
    {
        Run("a");
        Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        Apply(Joined("b"));
        Apply(new RunEvent.CheckpointFailed(1, 12, "disk full"));
        Apply(Ready("a"));
        Apply(Ready("b"));
        Assert.Empty(Apply(new RunEvent.TrainingEnded(2, 12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)],
            Apply(new RunEvent.CheckpointCommitted(2, 12)));
    }

    [Fact]
    public void A_stop_halts_and_ends_with_the_checkpoint()
    {
        Run("a");
        Apply(new RunEvent.StepCommitted(1, 5));
        Assert.Equal([new RunEffect.Halt(1)], Apply(new RunEvent.StopRequested()));
        Assert.Empty(Apply(new RunEvent.StopRequested()));
        Apply(new RunEvent.TrainingEnded(1, 6));
        Assert.Equal([new RunEffect.End(RunOutcome.Stopped, 6, null)], Apply(new RunEvent.CheckpointCommitted(1, 6)));
    }

    [Fact]
    public void A_stop_before_there_is_a_trainer_ends_at_once() =>
        Assert.Equal([new RunEffect.End(RunOutcome.Stopped, 0, null)], Apply(new RunEvent.StopRequested()));

    [Fact]
    public void A_stop_while_the_state_is_being_loaded_halts_the_generation_when_it_begins()
    {
        Apply(Joined("a"));
        Assert.Empty(Apply(new RunEvent.StopRequested()));
        Assert.Equal([new RunEffect.Begin(1), new RunEffect.Halt(1)], Apply(Ready("a")));
    }

    [Fact]
    public void A_stop_whose_last_trainer_is_lost_ends_with_what_is_stored()
    {
        Run("a");
        Apply(new RunEvent.StopRequested());
        var end = Assert.IsType<RunEffect.End>(Assert.Single(Apply(new RunEvent.TrainerLost("a", "killed"))));
        Assert.Equal(RunOutcome.Stopped, end.Outcome);
    }

    [Fact]
    public void A_halt_after_a_fault_ends_at_the_step_it_halted_at()
    {
        Run("a");
        Apply(new RunEvent.StepCommitted(1, 12));
        Apply(new RunEvent.TrainerLost("a", "died before its last checkpoint"));
        Apply(Joined("a"));
        Apply(new RunEvent.TrainerReady("a", 2, Step: 4, Checkpoint: 4));
        Apply(new RunEvent.StopRequested());
        Apply(new RunEvent.TrainingEnded(2, 5));
        Assert.Equal([new RunEffect.End(RunOutcome.Stopped, 5, null)], Apply(new RunEvent.CheckpointCommitted(2, 5)));
    }

    [Fact]
    public void A_mistake_of_the_user_ends_the_run_whatever_it_does()
    {
        Run("a");
        Assert.Equal([new RunEffect.End(RunOutcome.Rejected, 0, "damaged shard")],
            Apply(new RunEvent.Fatal("damaged shard")));
    }

    [Fact]
    public void Evaluations_are_made_one_at_a_time_and_only_the_newest_waits()
    {
        _plan = Plan with { EvaluationEnabled = true, EvaluateEverySteps = 4 };
        Run("a");
        Assert.Equal([new RunEffect.Evaluate(4)], Apply(new RunEvent.CheckpointCommitted(1, 4)));
        Assert.Empty(Apply(new RunEvent.CheckpointCommitted(1, 6)));
        Assert.Empty(Apply(new RunEvent.CheckpointCommitted(1, 8)));
        Assert.Empty(Apply(new RunEvent.CheckpointCommitted(1, 12)));
        Assert.Empty(Apply(new RunEvent.EvaluationEnded(3, null)));
        Assert.Equal([new RunEffect.Evaluate(12)], Apply(new RunEvent.EvaluationEnded(4, null)));
        Assert.Empty(Apply(new RunEvent.TrainingEnded(1, 12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)],
            Apply(new RunEvent.EvaluationEnded(12, "failed")));
    }

    [Fact]
    public void The_first_checkpoint_at_or_after_a_multiple_is_evaluated()
    {
        _plan = Plan with { Steps = 100, EvaluationEnabled = true, EvaluateEverySteps = 10 };
        Run("a");
        List<long> evaluated = [];
        for (int step = 4; step <= 40; step += 4)
        {
            foreach (var e in Apply(new RunEvent.CheckpointCommitted(1, step)).OfType<RunEffect.Evaluate>())
            {
                evaluated.Add(e.Step);
                Apply(new RunEvent.EvaluationEnded(e.Step, null));
            }
        }
        Assert.Equal([12, 20, 32, 40], evaluated);
    }

    [Fact]
    public void What_an_earlier_attempt_left_unevaluated_is_made_up_for()
    {
        _plan = Plan with { EvaluationEnabled = true, EvaluateEverySteps = 4, Evaluated = new HashSet<long> { 4 } };
        Apply(Joined("a"));
        Assert.Contains(new RunEffect.Evaluate(8), Apply(new RunEvent.TrainerReady("a", 1, Step: 8, Checkpoint: 8)));

        _plan = Plan with { EvaluationEnabled = true, EvaluateEverySteps = 4, Evaluated = new HashSet<long> { 8 } };
        _state = new RunState();
        Apply(Joined("a"));
        Assert.Equal([new RunEffect.Begin(1)], Apply(new RunEvent.TrainerReady("a", 1, Step: 10, Checkpoint: 10)));
    }

    [Fact]
    public void A_stop_waits_for_no_evaluation()
    {
        _plan = Plan with { EvaluationEnabled = true };
        Run("a");
        Apply(new RunEvent.TrainingEnded(1, 12));
        Assert.Equal([new RunEffect.Evaluate(12)], Apply(new RunEvent.CheckpointCommitted(1, 12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)], Apply(new RunEvent.StopRequested()));
    }

    private static RunEvent.TrainerJoined Joined(string trainer, long incarnation = 1) => new(trainer, incarnation);

    private RunEvent.TrainerReady Ready(string trainer) =>
        new(trainer, _state.Generation, Step: _state.Step, Checkpoint: -1);

    private void Run(params string[] trainers)
    {
        foreach (string trainer in trainers) Apply(Joined(trainer));
        foreach (string trainer in trainers) Apply(Ready(trainer));
        Assert.Equal(RunPhase.Running, _state.Phase);
    }

    private IReadOnlyList<RunEffect> Apply(RunEvent happened)
    {
        (_state, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(_plan, _state, happened);
        return effects;
    }
}
