namespace Starling.Actors.Coordination;

// Messages between two living nodes may be lost: a connection that is reset takes with it what was on the way. So
// nothing depends on the arrival of a single message. A trainer repeats its last report, shortly after it made the
// report and with every answer to a ping. A report that changes nothing is such a repetition, and shows what the
// trainer waits for. This class compares that with what the run wants, and repeats the order that makes the
// difference. A trainer ignores an order that it has carried out already. Pings are not repeated here: a trainer
// repeats its report with each answer to a ping, so a ping for each repeated report would never end.

/// <summary>Repeats orders that did not reach a trainer.</summary>
internal static class Orders
{
    /// <summary>Repeats the order that follows a trainer's report. Called for a report that changed nothing.</summary>
    public static void RepeatAfter(RunState state, RunEvent report, List<RunEffect> effects)
    {
        if (SenderOf(report) is not var (trainer, generation) || !state.Trainers.ContainsKey(trainer)) return;
        if (generation < state.Generation)
        {
            RepeatAssignment(state, trainer, effects);
            return;
        }
        if (generation != state.Generation) return;
        bool isHost = state.RankOf(trainer) >= 0;
        RunEffect? order = (state.Phase, report) switch
        {
            (RunPhase.Connecting, RunEvent.TrainerBound) when isHost => state.Connect,
            (RunPhase.Running, RunEvent.TrainerReady) when isHost => new RunEffect.Begin(generation, state.Checkpoint),
            _ => null,
        };
        if (order is not null) effects.Add(new RunEffect.Again(trainer, order));
    }

    /// <summary>
    /// Repeats orders that a trainer has no report to wait with: its assignment if it names an earlier generation; the
    /// halt to rank 0; the end of the steps to the other trainers. Called for a member's answer.
    /// </summary>
    public static void RepeatAfterAnswer(RunState state, RunEvent.TrainerAnswered e, List<RunEffect> effects)
    {
        if (e.Generation < state.Generation)
        {
            RepeatAssignment(state, e.Trainer, effects);
            return;
        }
        bool isFirst = state.RankOf(e.Trainer) == 0;
        if (state.Phase == RunPhase.Running && state.Halted && isFirst)
            effects.Add(new RunEffect.Again(e.Trainer, new RunEffect.Halt(state.Generation)));
        if (state.Phase == RunPhase.Draining && !isFirst)
            effects.Add(new RunEffect.Again(e.Trainer, new RunEffect.Stop(state.Generation)));
    }

    private static void RepeatAssignment(RunState state, string trainer, List<RunEffect> effects)
    {
        if (state.Phase is not (RunPhase.Binding or RunPhase.Connecting or RunPhase.Running)) return;
        effects.Add(new RunEffect.Again(trainer,
            new RunEffect.Assign(trainer, state.Generation, state.RankOf(trainer), state.Hosting)));
    }

    private static (string Trainer, long Generation)? SenderOf(RunEvent report) => report switch
    {
        RunEvent.TrainerBound e => (e.Trainer, e.Generation),
        RunEvent.TrainerReady e => (e.Trainer, e.Generation),
        RunEvent.StepApplied e => (e.Trainer, e.Generation),
        RunEvent.ExchangeBroke e => (e.Trainer, e.Generation),
        RunEvent.TrainingEnded e => (e.Trainer, e.Generation),
        _ => null,
    };
}
