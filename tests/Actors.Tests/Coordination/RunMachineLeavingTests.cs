using Starling.Actors.Coordination;

namespace Starling.Actors.Tests.Coordination;

/// <summary>Trainers whose node was asked to end.</summary>
public sealed class RunMachineLeavingTests
{
    private readonly MachineBench _run = new();

    [Fact]
    public void One_of_many_is_released_as_soon_as_the_others_have_their_orders()
    {
        _run.Run("a", "b");
        IReadOnlyList<RunEffect> effects = _run.Leave("a");
        Assert.Equal(["b"], effects.OfType<RunEffect.Assign>().Select(e => e.Trainer));
        Assert.Equal(new RunEffect.Release("a"), effects[^1]);
        Assert.Equal(RunPhase.Binding, _run.State.Phase);
    }

    [Fact]
    public void A_registration_that_was_under_way_when_it_was_released_brings_it_not_back()
    {
        _run.Run("a", "b");
        _run.Leave("a");
        Assert.Empty(_run.Join("a"));
        Assert.Equal([new RunEffect.Release("a")], _run.Leave("a")); // it may not have heard it
        Assert.NotEmpty(_run.Join("a", 2));
    }

    [Fact]
    public void While_a_generation_is_formed_it_stays_because_it_may_be_the_only_one_with_a_state()
    {
        _run.Run("a");
        _run.Join("b");
        Assert.Empty(_run.Leave("a"));
        _run.Bind("a", 3);
        _run.Bind("b");
        _run.Ready("a", 3);
        Assert.Contains(new RunEffect.Release("a"), _run.Ready("b", 3));
        Assert.Equal(["b"], _run.State.Trainers.Keys);
    }

    [Fact]
    public void The_last_one_stores_its_state_first_and_the_run_waits()
    {
        _run.Run("a");
        Assert.Equal([new RunEffect.Halt(1)], _run.Leave("a"));
        Assert.Empty(_run.Leave("a"));
        Assert.DoesNotContain(new RunEffect.Release("a"), _run.End(5));
        Assert.Contains(new RunEffect.Release("a"), _run.Store(5));
        Assert.Equal(RunPhase.Gathering, _run.State.Phase);
        Assert.Contains(new RunEffect.Persist(2, 5, 5), _run.Join("a", 2));
        _run.Bind("a");
        Assert.Equal([new RunEffect.Begin(2, 5)], _run.Ready("a", 5, 5));
    }

    [Fact]
    public void A_newcomer_takes_over_from_the_checkpoint_of_the_last_one()
    {
        _run.Run("a");
        _run.Leave("a");
        Assert.Empty(_run.Join("b"));
        _run.End(5);
        IReadOnlyList<RunEffect> effects = _run.Store(5);
        Assert.Contains(new RunEffect.Release("a"), effects);
        Assert.Equal("b", Assert.Single(effects.OfType<RunEffect.Assign>()).Trainer);
    }

    [Fact]
    public void The_last_one_leaves_also_when_its_state_cannot_be_stored()
    {
        _run.Run("a");
        _run.Leave("a");
        _run.End(5);
        IReadOnlyList<RunEffect> effects = _run.Apply(new RunEvent.CheckpointFailed(1, 5, "disk full"));
        Assert.All(effects.OfType<RunEffect.Fault>(), fault => Assert.Contains("disk full", fault.Reason));
        Assert.Contains(new RunEffect.Release("a"), effects);
    }

    [Fact]
    public void With_the_last_step_the_run_ends_whoever_leaves()
    {
        _run.Run("a");
        _run.Leave("a");
        _run.End(12);
        Assert.Contains(new RunEffect.End(RunOutcome.Completed, 12, null), _run.Store(12));
    }

    [Fact]
    public void A_spare_goes_at_once()
    {
        _run.Plan = _run.Plan with { Replicas = 1 };
        _run.Run("a");
        _run.Join("b");
        Assert.Equal([new RunEffect.Release("b")], _run.Leave("b"));
        Assert.Equal(RunPhase.Running, _run.State.Phase);
    }

    [Fact]
    public void A_stop_overrules_a_leave()
    {
        _run.Run("a");
        _run.Leave("a");
        Assert.Empty(_run.Apply(new RunEvent.StopRequested())); // halted already
        _run.End(5);
        Assert.Contains(new RunEffect.End(RunOutcome.Stopped, 5, null), _run.Store(5));
    }
}
