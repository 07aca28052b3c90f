using CsCheck;
using Starling.Actors.Coordination;
using Starling.Actors.Tests.Coordination.Simulation;
using Starling.Data;

namespace Starling.Actors.Tests.Coordination;

/// <summary>
/// What holds for every sequence of events: first for those that a real cluster could see, faults in it chosen at
/// random, then also for those that should never come. CsCheck prints the seed of what fails.
/// </summary>
public sealed class RunMachinePropertyTests
{
    private const int PeaceTimeout = 4000;

    private static readonly RunPlan Plan = new(Steps: 6, Replicas: 4, EvaluateEverySteps: 2, EvaluationEnabled: true,
        MaxFruitlessGenerations: 1000)
    { Settle = TimeSpan.FromSeconds(1), MaxTrainerFailures = 1000 };

    private static readonly Gen<(int Kind, int Trainer, int Number, int Generation)[]> Events =
        Gen.Select(Gen.Int[0, 18], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[-1, 1]).Array[1, 80];

    [Fact]
    public void Whatever_breaks_nothing_is_committed_twice_with_different_content_and_the_run_ends_complete() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 11999].Array[0, 400]).Sample((trainers, choices) =>
        {
            SimulatedCluster cluster = new(Plan, trainers);
            foreach (int choice in choices) cluster.Chaos(choice);
            MakePeace(cluster, choices);
            Assert.Equal(new RunEffect.End(RunOutcome.Completed, Plan.Steps, null), cluster.Leader.Ending);
            Assert.Equal(Reference(Plan.Steps), cluster.Disk.Newest);
        }, iter: 3000, threads: 1);

    /// <summary>
    /// Everybody lives and works, but any message between two processes may be lost, repeated or overtaken.
    /// </summary>
    [Fact]
    public void Whatever_messages_are_lost_repeated_or_overtaken_every_run_ends() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 99999].Array[0, 400]).Sample((trainers, choices) =>
        {
            SimulatedCluster cluster = new(Plan, trainers);
            foreach (int choice in choices)
            {
                if (cluster.Leader.Ending is not null) break;
                if (choice % 3 == 0) cluster.Harm(choice / 3);
                else cluster.Peace(choice / 3);
            }
            MakePeace(cluster, choices);
            Assert.Equal(new RunEffect.End(RunOutcome.Completed, Plan.Steps, null), cluster.Leader.Ending);
            Assert.Equal(Reference(Plan.Steps), cluster.Disk.Newest);
        }, iter: 5000, threads: 1);

    [Fact]
    public void A_stop_at_any_moment_ends_the_run_with_its_state_stored() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 11999].Array[0, 200]).Sample((trainers, choices) =>
        {
            SimulatedCluster cluster = new(Plan, trainers);
            foreach (int choice in choices) cluster.Chaos(choice);
            cluster.Stop();
            MakePeace(cluster, choices);
            RunEffect.End ending = cluster.Leader.Ending!;
            Assert.True(ending.Outcome is RunOutcome.Stopped or RunOutcome.Completed, ending.ToString());
            if (cluster.Disk.Newest is { } newest) Assert.Equal(Reference(newest.Step), newest);
            Assert.InRange(ending.Step, 0, cluster.Disk.Newest?.Step ?? 0);
        }, iter: 2000, threads: 1);

    [Fact]
    public void Whatever_is_said_in_whatever_order_the_rules_hold() => Events.Sample(events =>
    {
        RunState state = new() { Loaders = 1 };
        Watcher watcher = new();
        foreach (var e in events)
        {
            RunEvent happened = Event(e.Kind, $"t{e.Trainer}", e.Number, state.Generation + e.Generation, state);
            (RunState next, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(Plan, state, happened);
            watcher.Check(state, happened, next, effects);
            state = next;
        }
    }, iter: 5000, threads: 1);

    private static void MakePeace(SimulatedCluster cluster, int[] choices)
    {
        for (int i = 0; i < PeaceTimeout && cluster.Leader.Ending is null; i++)
            cluster.Peace(i < choices.Length ? choices[i] : (int)(i * 2654435761L % 1000003)); // no regular order
        Assert.True(cluster.Leader.Ending is not null,
            $"no end in sight: {cluster.Leader.State.Phase}, waiting for {Waiting.For(cluster.Leader.State)}");
    }

    /// <summary>The state that a run without any fault has after a step.</summary>
    private static SimulatedState Reference(long step)
    {
        SimulatedState state = SimulatedState.Initial;
        while (state.Step < step) state = SimulatedState.After([state], Enumerable.Range(0, Plan.Replicas));
        return state;
    }

    private static RunEvent Event(int kind, string trainer, int number, long generation, RunState state) =>
        kind switch
        {
            0 or 1 => new RunEvent.TrainerJoined(trainer, number),
            2 => new RunEvent.TrainerLost(trainer, number, "lost"),
            3 => number % 3 == 0
                ? new RunEvent.TrainerUnfit(trainer, number, "unfit", FaultScope.Node)
                : new RunEvent.TrainerFailed(trainer, number, "failed"),
            4 => new RunEvent.TrainerLeaving(trainer, number),
            5 => new RunEvent.TrainerAnswered(trainer, number, state.Sequence - (number % 2), generation),
            6 or 7 => new RunEvent.TrainerBound(trainer, generation, default, number - 1, number - 2),
            8 or 9 => new RunEvent.TrainerReady(trainer, generation, number, number % 2 == 0 ? number : -1),
            10 or 11 => new RunEvent.StepApplied(trainer, generation, number, 1, 0),
            12 => new RunEvent.ExchangeBroke(trainer, generation, "broken"),
            13 => new RunEvent.TrainingEnded(trainer, generation, number),
            14 => new RunEvent.TimerRang((RunTimer)(number % 3), generation),
            15 => number % 2 == 0
                ? new RunEvent.CheckpointCommitted(generation, number)
                : new RunEvent.CheckpointFailed(generation, number, "full"),
            17 => new RunEvent.EvaluatorReported(trainer, number - 1),
            16 => number % 3 == 0 ? new RunEvent.TrainerBack(trainer) : new RunEvent.TrainerSilent(trainer),
            _ => number switch
            {
                0 => new RunEvent.StopRequested(),
                1 => new RunEvent.EvaluatorJoined(trainer),
                2 => new RunEvent.EvaluatorLost(trainer),
                3 => new RunEvent.EvaluationEnded(number, null),
                4 => new RunEvent.LoadersChanged(number % 2),
                5 => new RunEvent.DataFailed(trainer, generation, "no disk"),
                _ => new RunEvent.Ticked(),
            },
        };

    /// <summary>Sees every event and effect of one run.</summary>
    private sealed class Watcher
    {
        private int _endings;
        private bool _evaluating;

        public void Check(RunState before, RunEvent happened, RunState after, IReadOnlyList<RunEffect> effects)
        {
            Ends(before, after, effects);
            Generations(before, after, effects);
            Evaluations(happened, after, effects);
            if (GenerationOf(happened) is { } generation && generation != before.Generation)
            {
                Assert.Same(before, after);
                Assert.All(effects, e => Assert.Equal(after.Generation,
                    Assert.IsType<RunEffect.Assign>(Assert.IsType<RunEffect.Again>(e).Order).Generation));
            }
            Assert.Superset(after.Silent, after.Trainers.Keys.ToHashSet());
            // Whether this side may go on without them is not the machine's to decide.
            if (happened is RunEvent.TimerRang { Timer: RunTimer.RollCall or RunTimer.Form })
                Assert.Superset(before.Silent, after.Trainers.Keys.ToHashSet());
            if (effects.OfType<RunEffect.Begin>().Any())
                Assert.Equal(after.Hosting.Select(h => h.Trainer), after.Progress.Keys);
            foreach (var halt in effects.OfType<RunEffect.Halt>()) Assert.Equal(after.Generation, halt.Generation);
            Assert.True(effects.OfType<RunEffect.Release>().All(r => !after.Trainers.ContainsKey(r.Trainer)));
        }

        private void Ends(RunState before, RunState after, IReadOnlyList<RunEffect> effects)
        {
            if (before.Phase == RunPhase.Ended)
            {
                Assert.Same(before, after);
                Assert.Empty(effects);
            }
            int endings = effects.OfType<RunEffect.End>().Count();
            _endings += endings;
            Assert.InRange(_endings, 0, 1);
            Assert.Equal(_endings == 1, after.Phase == RunPhase.Ended);
            if (endings == 1) Assert.IsType<RunEffect.End>(effects[^1]);
        }

        private static void Generations(RunState before, RunState after, IReadOnlyList<RunEffect> effects)
        {
            RunEffect.Assign[] assigned = [.. effects.OfType<RunEffect.Assign>()];
            Assert.All(assigned, a => Assert.Equal(after.Generation, a.Generation));
            if (after.Generation == before.Generation)
            {
                Assert.All(assigned, a => Assert.Equal(-1, a.Rank)); // a spare that came
                return;
            }
            Assert.Equal(before.Generation + 1, after.Generation);
            int persisted = effects.ToList().FindIndex(e => e is RunEffect.Persist);
            Assert.InRange(persisted, 0, effects.ToList().FindIndex(e => e is RunEffect.Assign));
            Assert.Equal(after.Generation, ((RunEffect.Persist)effects[persisted]).Generation);
            Assert.Equal(Enumerable.Range(0, Plan.Replicas), after.Hosting.SelectMany(h => h.Replicas));
            Assert.Equal(after.Trainers.Keys, assigned.Select(a => a.Trainer));
            Assert.All(assigned, a => Assert.Equal(after.RankOf(a.Trainer), a.Rank));
        }

        private void Evaluations(RunEvent happened, RunState after, IReadOnlyList<RunEffect> effects)
        {
            if (happened is RunEvent.EvaluationEnded or RunEvent.EvaluatorLost) _evaluating = false;
            foreach (RunEffect.Evaluate evaluate in effects.OfType<RunEffect.Evaluate>())
            {
                Assert.Equal(happened is RunEvent.EvaluatorReported, _evaluating); // only a repetition
                Assert.Equal(evaluate, after.Evaluating);
            }
            _evaluating = after.Evaluating is not null;
        }

        private static long? GenerationOf(RunEvent happened) => happened switch
        {
            RunEvent.TrainerBound e => e.Generation,
            RunEvent.TrainerReady e => e.Generation,
            RunEvent.StepApplied e => e.Generation,
            RunEvent.ExchangeBroke e => e.Generation,
            RunEvent.TrainingEnded e => e.Generation,
            RunEvent.TimerRang e => e.Generation,
            RunEvent.DataFailed e => e.Generation,
            _ => null,
        };
    }
}
