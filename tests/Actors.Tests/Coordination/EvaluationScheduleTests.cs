using Starling.Actors.Coordination;

namespace Starling.Actors.Tests.Coordination;

/// <summary>Which checkpoints are evaluated, when and by whom.</summary>
public sealed class EvaluationScheduleTests
{
    private readonly MachineBench _run = new();

    public EvaluationScheduleTests()
    {
        _run.Plan = _run.Plan with { EvaluationEnabled = true, EvaluateEverySteps = 4 };
        _run.Apply(new RunEvent.EvaluatorJoined("e"));
    }

    [Fact]
    public void Evaluations_are_made_one_at_a_time_and_only_the_newest_waits()
    {
        _run.Run("a");
        Assert.Equal([4], Evaluated(_run.Store(4)));
        Assert.Empty(Evaluated(_run.Store(6)));
        Assert.Empty(Evaluated(_run.Store(8)));
        Assert.Empty(Evaluated(_run.Store(12)));
        Assert.Empty(_run.Apply(new RunEvent.EvaluationEnded(3, null)));
        Assert.Equal([12], Evaluated(_run.Apply(new RunEvent.EvaluationEnded(4, null))));
        Assert.Equal([new RunEffect.Stop(1)], _run.End(12));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)],
            _run.Apply(new RunEvent.EvaluationEnded(12, "failed")));
    }

    [Fact]
    public void The_first_checkpoint_at_or_after_a_multiple_is_evaluated()
    {
        _run.Plan = _run.Plan with { Steps = 100, EvaluateEverySteps = 10 };
        _run.Run("a");
        List<long> evaluated = [];
        for (int step = 4; step <= 40; step += 4)
        {
            foreach (long now in Evaluated(_run.Store(step)))
            {
                evaluated.Add(now);
                _run.Apply(new RunEvent.EvaluationEnded(now, null));
            }
        }
        Assert.Equal([12, 20, 32, 40], evaluated);
    }

    [Theory]
    [InlineData(8, 4, true)]
    [InlineData(10, 8, false)]
    public void What_an_earlier_attempt_left_unevaluated_is_made_up_for(long found, long evaluated, bool due)
    {
        _run.Plan = _run.Plan with { Evaluated = new HashSet<long> { evaluated } };
        _run.State = _run.State with { EarlierCheckpoint = found };
        _run.Join("a");
        _run.Bind("a");
        Assert.Equal(due ? [found] : [], Evaluated(_run.Ready("a", found, found)));
    }

    [Fact]
    public void A_stop_waits_for_no_evaluation()
    {
        _run.Run("a");
        _run.End(12);
        Assert.Equal([12], Evaluated(_run.Store(12)));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)], _run.Apply(new RunEvent.StopRequested()));
    }

    [Fact]
    public void A_lost_evaluators_checkpoint_goes_to_the_next()
    {
        _run.Apply(new RunEvent.EvaluatorJoined("f"));
        _run.Apply(new RunEvent.EvaluatorJoined("f"));
        _run.Run("a");
        Assert.Contains(new RunEffect.Evaluate(4, "e"), _run.Store(4));
        _run.Store(8);
        Assert.Contains(new RunEffect.Evaluate(4, "f"), _run.Apply(new RunEvent.EvaluatorLost("e")));
        Assert.Contains(new RunEffect.Evaluate(8, "f"), _run.Apply(new RunEvent.EvaluationEnded(4, null)));
    }

    [Fact]
    public void A_checkpoint_that_costs_every_evaluator_is_given_up()
    {
        _run.Run("a");
        _run.End(12);
        _run.Store(12);
        for (int i = 1; i < _run.Plan.MaxEvaluators; i++)
        {
            _run.Apply(new RunEvent.EvaluatorLost("e"));
            Assert.Equal([12], Evaluated(_run.Apply(new RunEvent.EvaluatorJoined("e"))));
        }
        Assert.Contains(new RunEffect.End(RunOutcome.Completed, 12, null), _run.Apply(new RunEvent.EvaluatorLost("e")));
    }

    [Fact]
    public void A_run_whose_evaluator_never_comes_says_so_and_a_stop_ends_it()
    {
        _run.Apply(new RunEvent.EvaluatorLost("e"));
        _run.Run("a");
        _run.End(12);
        Assert.DoesNotContain(_run.Store(12), e => e is RunEffect.End);
        Assert.Contains("an evaluator", Waiting.For(_run.State));
        Assert.Equal([new RunEffect.End(RunOutcome.Completed, 12, null)], _run.Apply(new RunEvent.StopRequested()));
    }

    private static IEnumerable<long> Evaluated(IEnumerable<RunEffect> effects) =>
        effects.OfType<RunEffect.Evaluate>().Select(e => e.Step);
}
