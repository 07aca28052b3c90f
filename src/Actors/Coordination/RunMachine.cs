namespace Starling.Actors.Coordination;

/// <summary>
/// Makes the supervisor's decisions as a pure function (plan, state, event) → (state, effects). The actor around it
/// only receives messages and performs effects. Each concern has a class of its own: <see cref="Membership"/>,
/// <see cref="Formation"/>, <see cref="Orders"/>, <see cref="Steps"/>, <see cref="CommittedCheckpoints"/>,
/// <see cref="Evaluations"/>, <see cref="Endings"/>. The handler of an event is called On, followed by the event's
/// name. <see cref="RunPhase"/> has a diagram of the phases.
/// </summary>
public static class RunMachine
{
    /// <summary>Returns the state after an event, and the effects to be performed, in order.</summary>
    public static (RunState State, IReadOnlyList<RunEffect> Effects) Apply(
        RunPlan plan, RunState state, RunEvent happened)
    {
        if (state.Phase == RunPhase.Ended) return (state, []);
        List<RunEffect> effects = [];
        RunState next = Decide(plan, state, happened, effects);
        if (ReferenceEquals(next, state)) Orders.RepeatAfter(state, happened, effects);
        if (next.Phase != RunPhase.Ended) next = Evaluations.AssignNext(next, effects);
        if (next.Phase == RunPhase.Draining) next = Endings.Drain(plan, next, effects);
        if (next.Phase == RunPhase.Running) next = Membership.ReleaseLeavingIfSafe(plan, next, effects);
        if (next.Phase == RunPhase.Gathering) next = Formation.Gather(plan, next, effects);
        return (next, effects);
    }

    private static RunState Decide(RunPlan plan, RunState state, RunEvent happened, List<RunEffect> effects) =>
        happened switch
        {
            RunEvent.TrainerJoined e => Membership.OnTrainerJoined(plan, state, e, effects),
            RunEvent.TrainerLost e => Membership.OnTrainerLost(plan, state, e, effects),
            RunEvent.TrainerFailed e => Membership.OnTrainerFailed(plan, state, e, effects),
            RunEvent.TrainerUnfit e => Membership.OnTrainerUnfit(plan, state, e, effects),
            RunEvent.DataFailed e when IsCurrent(state, e.Generation) => Waiting.OnDataFailed(state, e, effects),
            RunEvent.TrainerSilent e => Membership.OnTrainerSilent(state, e),
            RunEvent.TrainerBack e => Membership.OnTrainerBack(state, e),
            RunEvent.TrainerLeaving e => Membership.OnTrainerLeaving(state, e, effects),
            RunEvent.TrainerAnswered e => Formation.OnTrainerAnswered(plan, state, e, effects),
            RunEvent.Ticked => Waiting.OnTicked(Formation.OnTicked(plan, state, effects), effects),
            RunEvent.ExchangeBroke e when IsCurrent(state, e.Generation) =>
                Formation.OnExchangeBroke(plan, state, e, effects),
            RunEvent.TrainerBound e when IsCurrent(state, e.Generation) =>
                Formation.OnTrainerBound(plan, state, e, effects),
            RunEvent.TrainerReady e when IsCurrent(state, e.Generation) =>
                Formation.OnTrainerReady(plan, state, e, effects),
            RunEvent.TimerRang e when IsCurrent(state, e.Generation) => Formation.OnTimerRang(plan, state, e, effects),
            RunEvent.StepApplied e when IsCurrent(state, e.Generation) => Steps.OnStepApplied(state, e, effects),
            RunEvent.TrainingEnded e when IsCurrent(state, e.Generation) => Endings.OnTrainingEnded(state, e, effects),
            RunEvent.CheckpointCommitted e => CommittedCheckpoints.OnCheckpointCommitted(plan, state, e, effects),
            RunEvent.CheckpointFailed e => CommittedCheckpoints.OnCheckpointFailed(state, e, effects),
            RunEvent.LoadersChanged e => state with { Loaders = e.Count },
            RunEvent.EvaluatorJoined e => Evaluations.OnEvaluatorJoined(state, e),
            RunEvent.EvaluatorLost e => Evaluations.OnEvaluatorLost(plan, state, e, effects),
            RunEvent.EvaluatorReported e => Evaluations.OnEvaluatorReported(state, e, effects),
            RunEvent.EvaluationEnded e => Evaluations.OnEvaluationEnded(state, e),
            RunEvent.StopRequested => Endings.OnStopRequested(state, effects),
            RunEvent.Fatal e => Endings.End(state, RunOutcome.Rejected, e.Reason, effects),
            _ => state,
        };

    private static bool IsCurrent(RunState state, long generation) => generation == state.Generation;
}
