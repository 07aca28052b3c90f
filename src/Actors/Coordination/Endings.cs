namespace Starling.Actors.Coordination;

/// <summary>Leads a run to its end: the last step, its checkpoint, its evaluation.</summary>
internal static class Endings
{
    /// <summary>
    /// Notes that a stop was requested. Halts a running generation, and ends a run without trainers at once.
    /// </summary>
    public static RunState OnStopRequested(RunState state, List<RunEffect> effects)
    {
        if (state.Stopping) return state;
        RunState next = state with { Stopping = true, ToEvaluate = [] };
        return state.Phase switch
        {
            RunPhase.Gathering when state.Trainers.IsEmpty => EndAtLastCheckpoint(next, null, effects),
            RunPhase.Running => Halt(next, effects),
            // A generation that is being formed is halted when it reaches Running. A draining run ends with its
            // checkpoint anyway.
            _ => next,
        };
    }

    /// <summary>
    /// Orders rank 0 to end at its next step boundary. The other hosts are told to stop when rank 0 has ended.
    /// </summary>
    public static RunState Halt(RunState state, List<RunEffect> effects)
    {
        if (state.Halted) return state;
        effects.Add(new RunEffect.Halt(state.Generation));
        return state with { Halted = true };
    }

    /// <summary>Notes that rank 0 made the last step, and orders the other hosts to stop.</summary>
    public static RunState OnTrainingEnded(RunState state, RunEvent.TrainingEnded e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Running || state.RankOf(e.Trainer) != 0) return state;
        effects.Add(new RunEffect.Stop(state.Generation));
        return state with
        {
            Phase = RunPhase.Draining,
            Step = e.Step,
            Furthest = Math.Max(state.Furthest, e.Step),
            FinalStep = e.Step,
        };
    }

    /// <summary>
    /// Continues a draining run once its last checkpoint is on the disk or has failed: ends the run, waits for its
    /// evaluations, or goes back to gathering if all hosts left before the last step.
    /// </summary>
    public static RunState Drain(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        bool over = state.FinalStep >= plan.Steps || state.Stopping;
        if (state.Checkpoint < state.FinalStep)
        {
            if (state.FailedCheckpoint is not { } failed || failed.Step != state.FinalStep) return state;
            string reason = $"the last checkpoint (step {failed.Step}) could not be written: {failed.Reason}";
            if (over)
                return End(state, RunOutcome.Failed, reason +
                    "; put that right, then the same command goes on from the checkpoint before", effects);
            effects.Add(new RunEffect.Fault(reason));
        }
        else if (over)
        {
            if (state.FinalStep < plan.Steps) return End(state, RunOutcome.Stopped, null, effects);
            // A stop that is requested after the last step does not wait for evaluations.
            bool evaluated = state.Evaluating is null && state.ToEvaluate.IsEmpty;
            if (evaluated || state.Stopping) return End(state, RunOutcome.Completed, null, effects);
            return Membership.ReleaseLeaving(state, effects);
        }
        return Membership.ReleaseLeaving(state, effects) with
        {
            Phase = RunPhase.Gathering,
            Hosting = [],
            Settled = null,
        };
    }

    /// <summary>Ends the run.</summary>
    public static RunState End(RunState state, RunOutcome outcome, string? reason, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.End(outcome, state.Step, reason));
        return state with { Phase = RunPhase.Ended };
    }

    /// <summary>
    /// Ends a stopped run that has lost the states in its trainers' memories. The result names the step of the last
    /// checkpoint, from which the next attempt goes on.
    /// </summary>
    public static RunState EndAtLastCheckpoint(RunState state, string? reason, List<RunEffect> effects) =>
        End(state with { Step = Math.Max(state.KnownCheckpoint, 0) }, RunOutcome.Stopped, reason, effects);
}
