namespace Starling.Actors.Coordination;

/// <summary>
/// The supervisor's decisions as a pure function (state, event) → (state, effects): membership to generation to hosting
/// plan, commits, the schedule of evaluations, faults, and the end of the run. The actor around it only receives and
/// performs. Each concern has a class of its own: <see cref="Membership"/>, <see cref="Formation"/>,
/// <see cref="CommittedCheckpoints"/>, <see cref="Evaluations"/>, <see cref="Endings"/>.
/// </summary>
public static class RunMachine
{
    /// <summary>What one event changes, and what is to be done, in order.</summary>
    public static (RunState State, IReadOnlyList<RunEffect> Effects) Apply(
        RunPlan plan, RunState state, RunEvent happened)
    {
        if (state.Phase == RunPhase.Ended) return (state, []);
        List<RunEffect> effects = [];
        RunState next = Decide(plan, state, happened, effects);
        if (next.Phase != RunPhase.Ended) next = Evaluations.Next(next, effects);
        if (next.Phase == RunPhase.Draining) next = Endings.Drain(plan, next, effects);
        if (next.Phase == RunPhase.Running) next = Membership.LetLeave(plan, next, effects);
        if (next.Phase == RunPhase.Gathering) next = Formation.Gather(plan, next, effects);
        return (next, effects);
    }

    private static RunState Decide(RunPlan plan, RunState state, RunEvent happened, List<RunEffect> effects) =>
        happened switch
        {
            RunEvent.TrainerJoined e => Membership.Joined(plan, state, e, effects),
            RunEvent.TrainerLost e => Membership.Lost(plan, state, e, effects),
            RunEvent.TrainerFailed e => Membership.Failed(plan, state, e, effects),
            RunEvent.TrainerSilent e => Membership.Silent(state, e),
            RunEvent.TrainerBack e => state with { Silent = state.Silent.Remove(e.Trainer) },
            RunEvent.TrainerLeaving e => Membership.Leaving(state, e, effects),
            RunEvent.TrainerAnswered e => Membership.Answered(plan, state, e, effects),
            RunEvent.Ticked => Waiting.Ticked(Membership.Ticked(plan, state, effects), effects),
            RunEvent.ExchangeBroke e when IsCurrent(state, e.Generation) => Membership.Broke(plan, state, e, effects),
            RunEvent.TrainerBound e when IsCurrent(state, e.Generation) => Formation.Bound(plan, state, e, effects),
            RunEvent.TrainerReady e when IsCurrent(state, e.Generation) => Formation.Ready(plan, state, e, effects),
            RunEvent.TimerRang e when IsCurrent(state, e.Generation) => Formation.Rang(plan, state, e, effects),
            RunEvent.StepApplied e when IsCurrent(state, e.Generation) => Steps.Applied(state, e, effects),
            RunEvent.TrainingEnded e when IsCurrent(state, e.Generation) => Endings.Ended(state, e, effects),
            RunEvent.CheckpointCommitted e => CommittedCheckpoints.Committed(plan, state, e, effects),
            RunEvent.CheckpointFailed e => CommittedCheckpoints.Failed(state, e),
            RunEvent.LoadersChanged e => state with { Loaders = e.Count },
            RunEvent.EvaluatorJoined e => Evaluations.Joined(state, e),
            RunEvent.EvaluatorLost e => Evaluations.Lost(plan, state, e, effects),
            RunEvent.EvaluationEnded e => Evaluations.Ended(state, e),
            RunEvent.StopRequested => Endings.Stop(state, effects),
            RunEvent.Fatal e => Endings.End(state, RunOutcome.Rejected, e.Reason, effects),
            _ => state,
        };

    private static bool IsCurrent(RunState state, long generation) => generation == state.Generation;
}
