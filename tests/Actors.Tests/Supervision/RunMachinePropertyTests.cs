using CsCheck;
using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Supervision;

/// <summary>
/// What holds for every sequence of events, also for those that should never come. CsCheck prints the seed.
/// </summary>
public sealed class RunMachinePropertyTests
{
    private static readonly RunPlan Plan = new(Steps: 6, Replicas: 8, EvaluateEverySteps: 2, EvaluationEnabled: true);

    private static readonly Gen<(int Kind, int Trainer, int Number, int Generation)[]> Events =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 6], Gen.Int[-1, 1]).Array[1, 60];

    [Fact]
    public void Whatever_is_said_in_whatever_order_the_rules_hold() => Events.Sample(events =>
    {
        RunState state = new();
        Watcher watcher = new();
        foreach (var e in events)
        {
            RunEvent happened = Event(e.Kind, $"t{e.Trainer}", e.Number, state.Generation + e.Generation);
            (RunState next, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(Plan, state, happened);
            watcher.Check(state, happened, next, effects);
            state = next;
        }
    }, iter: 5000, threads: 1);

    [Fact]
    public void Every_run_ends_completed_if_its_trainers_come_back() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 1000].Array[400], Gen.Int[0, 60].Array[0, 2])
            .Sample((trainers, choices, crashes) =>
        {
            SimulatedCluster cluster = new(Plan, trainers, checkpointEvery: 2);
            cluster.Start();
            for (int i = 0; i < choices.Length; i++)
            {
                if (crashes.Contains(i)) cluster.Crash(i);
                if (!cluster.Happen(choices[i])) break;
            }
            Assert.Equal(new RunEffect.End(RunOutcome.Completed, Plan.Steps, null), cluster.Ending);
            // A crash may come between an evaluation and its news, but never is one made twice.
            long[] evaluated = [.. cluster.Effects.OfType<RunEffect.Evaluate>().Select(e => e.Step)];
            Assert.Equal(evaluated.Distinct(), evaluated);
            Assert.Equal(Plan.Steps, evaluated[^1]);
        }, iter: 2000, threads: 1);

    [Fact]
    public void A_stop_at_any_moment_ends_the_run() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 1000].Array[400], Gen.Int[0, 60], Gen.Int[0, 80].Array[0, 1])
            .Sample((trainers, choices, stop, crashes) =>
            {
                SimulatedCluster cluster = new(Plan, trainers, checkpointEvery: 2);
                cluster.Start();
                for (int i = 0; i < choices.Length; i++)
                {
                    if (crashes.Contains(i)) cluster.Crash(i);
                    if (i == stop) cluster.Deliver(new RunEvent.StopRequested());
                    if (!cluster.Happen(choices[i]) && i >= stop) break;
                }
                Assert.NotNull(cluster.Ending);
                Assert.True(cluster.Ending.Outcome is RunOutcome.Stopped or RunOutcome.Completed,
                    cluster.Ending.ToString());
            }, iter: 2000, threads: 1);

    private static RunEvent Event(int kind, string trainer, int number, long generation) => kind switch
    {
        0 => new RunEvent.TrainerJoined(trainer, number),
        1 => new RunEvent.TrainerLost(trainer, "lost"),
        2 or 3 => new RunEvent.TrainerReady(trainer, generation, number, number % 2 == 0 ? number : -1),
        4 or 5 => new RunEvent.StepCommitted(generation, number),
        6 => new RunEvent.TrainingEnded(generation, number),
        7 => new RunEvent.CheckpointCommitted(generation, number),
        8 => new RunEvent.EvaluationEnded(number, null),
        _ => number switch
        {
            0 => new RunEvent.StopRequested(),
            1 => new RunEvent.Fatal("mistake"),
            _ => new RunEvent.CheckpointFailed(generation, number, "full"),
        },
    };

    /// <summary>Sees every event and effect of one run.</summary>
    private sealed class Watcher
    {
        private int _endings;
        private long? _evaluating;
        private readonly HashSet<long> _evaluated = [];

        public void Check(RunState before, RunEvent happened, RunState after, IReadOnlyList<RunEffect> effects)
        {
            Ends(before, after, effects);
            Generations(before, after, effects);
            Evaluations(happened, effects);
            if (GenerationOf(happened) is { } generation && generation != before.Generation)
            {
                Assert.Same(before, after);
                Assert.Empty(effects);
            }
            if (effects.OfType<RunEffect.Begin>().Any())
                Assert.True(after.Ready.SetEquals(after.Hosting.Keys), "not everybody was ready");
            foreach (var halt in effects.OfType<RunEffect.Halt>()) Assert.Equal(after.Generation, halt.Generation);
            if (after.Phase != RunPhase.Draining)
                Assert.True(after.Step >= before.Step || before.Phase == RunPhase.Draining || _endings > 0);
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
            if (after.Generation == before.Generation)
            {
                Assert.Empty(assigned);
                Assert.Empty(effects.OfType<RunEffect.PersistGeneration>());
                return;
            }
            Assert.Equal(before.Generation + 1, after.Generation);
            Assert.Equal(new RunEffect.PersistGeneration(after.Generation), effects[0]);
            Assert.All(assigned, a => Assert.Equal(after.Generation, a.Generation));
            Assert.Equal(after.Trainers.Keys, assigned.Select(a => a.Trainer));
            Assert.Equal(Enumerable.Range(0, Plan.Replicas), assigned.SelectMany(a => a.Replicas).Order());
        }

        private void Evaluations(RunEvent happened, IReadOnlyList<RunEffect> effects)
        {
            if (happened is RunEvent.EvaluationEnded ended && ended.Step == _evaluating) _evaluating = null;
            foreach (var evaluate in effects.OfType<RunEffect.Evaluate>())
            {
                Assert.Null(_evaluating);
                Assert.True(_evaluated.Add(evaluate.Step), $"{evaluate.Step} evaluated twice");
                _evaluating = evaluate.Step;
            }
        }

        private static long? GenerationOf(RunEvent happened) => happened switch
        {
            RunEvent.TrainerReady e => e.Generation,
            RunEvent.StepCommitted e => e.Generation,
            RunEvent.TrainingEnded e => e.Generation,
            _ => null,
        };
    }
}
