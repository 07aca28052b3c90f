using Starling.Actors.Coordination;
using Starling.Data;

namespace Starling.Actors.Tests.Coordination;

/// <summary>One node that cannot work, and loaders that cannot read.</summary>
public sealed class UnfitTrainersTests
{
    private readonly MachineBench _run = new();

    [Theory]
    [InlineData(FaultScope.Node)]
    [InlineData(FaultScope.Request)]
    public void A_trainer_that_cannot_work_is_left_out_alone_with_its_reason(FaultScope scope)
    {
        _run.Run("a", "b");
        IReadOnlyList<RunEffect> effects = _run.Unfit("b", scope);
        Assert.Equal(new RunEffect.Fault("trainer b is left out: no tokenizer"), effects[0]);
        Assert.Equal(new RunEffect.LeaveOut("b", "no tokenizer"), effects[1]);
        Assert.Equal(["a"], _run.Answer("a").OfType<RunEffect.Assign>().Select(e => e.Trainer));
        _run.GetReady();
        Assert.Equal(0, _run.State.FruitlessGenerations);
    }

    /// <summary>Its node may have been put right. Each further failure makes it wait longer.</summary>
    [Fact]
    public void It_may_come_back_after_a_pause_that_grows()
    {
        _run.Run("a", "b");
        long incarnation = 1;
        foreach (int pause in (int[])[60, 120, 240])
        {
            _run.Unfit("b", FaultScope.Node, incarnation++);
            _run.Answer("a");
            _run.GetReady();
            for (int second = 0; second < pause; second++)
            {
                Assert.Equal([new RunEffect.LeaveOut("b", "no tokenizer")], _run.Join("b", incarnation));
                _run.Tick();
                _run.Answer("a");
            }
            Assert.Equal(["a", "b"], _run.Join("b", incarnation).OfType<RunEffect.Assign>().Select(e => e.Trainer));
        }
        _run.GetReady();
        _run.Step(1);
        Assert.Empty(_run.State.Failures);
    }

    /// <summary>A node that works may come to a cluster. A damaged file is damaged for whoever comes.</summary>
    [Theory]
    [InlineData(FaultScope.Node, false, false)]
    [InlineData(FaultScope.Node, true, true)]
    [InlineData(FaultScope.Request, false, true)]
    [InlineData(FaultScope.Request, true, true)]
    public void The_last_trainer_ends_the_run_if_none_that_works_can_come(
        FaultScope scope, bool isSingleNode, bool ends)
    {
        _run.Plan = _run.Plan with { IsSingleNode = isSingleNode };
        _run.Run("a");
        IReadOnlyList<RunEffect> effects = _run.Unfit("a", scope);
        if (ends)
        {
            Assert.Equal([new RunEffect.End(RunOutcome.Rejected, 0, "no tokenizer")], effects);
            return;
        }
        Assert.Contains(new RunEffect.LeaveOut("a", "no tokenizer"), effects);
        Assert.Equal("a trainer", Waiting.For(_run.State));
        Assert.NotEmpty(_run.Join("b").OfType<RunEffect.Assign>());
    }

    [Fact]
    public void What_is_wrong_for_all_ends_the_run_whoever_says_so()
    {
        _run.Run("a", "b");
        Assert.Equal([new RunEffect.End(RunOutcome.Rejected, 0, "another model")],
            _run.Apply(new RunEvent.Fatal("another model")));
    }

    [Fact]
    public void A_trainer_that_fails_three_times_without_a_step_is_left_out_and_the_run_forgives_it()
    {
        _run.Run("a", "b");
        for (int failure = 1; failure <= 3; failure++)
        {
            Assert.Equal(failure == 3, _run.Fail("b", incarnation: failure).Any(e => e is RunEffect.LeaveOut));
            _run.Answer("a");
            if (failure == 3) break;
            _run.Join("b", failure + 1);
            _run.GetReady();
        }
        Assert.Equal(["a"], _run.State.Hosting.Select(h => h.Trainer));
        Assert.Equal(0, _run.State.FruitlessGenerations);
        Assert.Equal([new RunEffect.LeaveOut("b", "out of memory")], _run.Join("b", 4));
    }

    [Fact]
    public void A_step_forgives_the_failures_before()
    {
        _run.Run("a", "b");
        for (int failure = 1; failure <= 6; failure++)
        {
            if (failure % 2 == 0) _run.Step(failure);
            Assert.DoesNotContain(_run.Fail("b", incarnation: failure), e => e is RunEffect.LeaveOut);
            _run.Answer("a");
            _run.Join("b", failure + 1);
            _run.GetReady(_run.State.Step);
        }
    }

    /// <summary>One that hangs in preparing breaks no generations for ever, and does not end the run.</summary>
    [Fact]
    public void A_trainer_that_is_late_three_times_while_others_are_not_is_left_out()
    {
        _run.Join("a");
        for (int time = 1; time <= 3; time++)
        {
            _run.Join("b");
            _run.Bind("a");
            IReadOnlyList<RunEffect> effects = _run.Ring(RunTimer.Form);
            Assert.Equal(["a"], effects.OfType<RunEffect.Assign>().Select(e => e.Trainer));
            Assert.Equal(time == 3, effects.Any(e => e is RunEffect.LeaveOut { Trainer: "b" }));
        }
        Assert.Equal(0, _run.State.FruitlessGenerations);
    }

    [Fact]
    public void Loaders_that_cannot_read_are_waited_for_and_the_reason_is_told()
    {
        _run.Run("a", "b");
        Assert.Equal([new RunEffect.Fault("no loader can give trainer a data; it tries again: stale file handle")],
            NoData("a", "stale file handle"));
        Assert.Empty(NoData("b", "Input/output error")); // the first reason is enough
        List<RunEffect> told = [];
        for (int second = 0; second <= Waiting.TicksBeforeNote; second++)
        {
            told.AddRange(_run.Tick().Where(e => e is RunEffect.Note));
            _run.Answer("a");
            _run.Answer("b");
        }
        Assert.Equal([new RunEffect.Note("still waiting for data that loaders can read: stale file handle")], told);
        _run.Step(1);
        Assert.Null(Waiting.For(_run.State));
    }

    /// <summary>A host that has no data keeps the others waiting in an exchange, which is given up at last.</summary>
    [Fact]
    public void Generations_that_break_while_loaders_cannot_read_do_not_end_the_run()
    {
        _run.Run("a", "b");
        for (int generation = 1; generation <= 5; generation++)
        {
            NoData("a", "stale file handle");
            _run.Break("b");
            _run.Answer("a");
            _run.Answer("b");
            _run.GetReady();
        }
        Assert.Equal(0, _run.State.FruitlessGenerations);
    }

    private IReadOnlyList<RunEffect> NoData(string trainer, string reason) =>
        _run.Apply(new RunEvent.DataFailed(trainer, _run.Generation, reason));
}
