namespace Starling.Actors.Coordination;

/// <summary>How a run comes to its end: the last step, its checkpoint, its evaluation.</summary>
internal static class Endings
{
    public static RunState Stop(RunState state, List<RunEffect> effects)
    {
        if (state.Stopping) return state;
        RunState next = state with { Stopping = true, ToEvaluate = [] };
        return state.Phase switch
        {
            RunPhase.Gathering when state.Trainers.IsEmpty => EndAsStored(next, null, effects),
            RunPhase.Running => Halt(next, effects),
            _ => next, // halts once it runs; draining ends with its checkpoint
        };
    }

    /// <summary>Has rank 0 end at its next step boundary; the others learn of it when it has.</summary>
    public static RunState Halt(RunState state, List<RunEffect> effects)
    {
        if (state.Halted) return state;
        effects.Add(new RunEffect.Halt(state.Generation));
        return state with { Halted = true };
    }

    public static RunState Ended(RunState state, RunEvent.TrainingEnded e, List<RunEffect> effects)
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

    /// <summary>Goes on once the last state is on the disk, or is known not to get there.</summary>
    public static RunState Drain(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        bool over = state.FinalStep >= plan.Steps || state.Stopping;
        if (state.Checkpoint < state.FinalStep)
        {
            if (state.FailedCheckpoint is not { } failed || failed.Step != state.FinalStep) return state;
            string reason = $"the last checkpoint (step {failed.Step}) could not be written: {failed.Reason}";
            if (over)
                return End(state, RunOutcome.Rejected, reason +
                    "; put that right, then the same command goes on from the checkpoint before", effects);
            effects.Add(new RunEffect.Fault(reason));
        }
        else if (over)
        {
            if (state.FinalStep < plan.Steps) return End(state, RunOutcome.Stopped, null, effects);
            // A stop asked for after the last step does not wait for an evaluation.
            bool evaluated = state.Evaluating is null && state.ToEvaluate.IsEmpty;
            if (evaluated || state.Stopping) return End(state, RunOutcome.Completed, null, effects);
            return Membership.Release(state, effects);
        }
        return Membership.Release(state, effects) with { Phase = RunPhase.Gathering, Hosting = [], Settled = null };
    }

    public static RunState End(RunState state, RunOutcome outcome, string? reason, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.End(outcome, state.Step, reason));
        return state with { Phase = RunPhase.Ended };
    }

    /// <summary>Ends a stopped run whose states in memory are gone: it goes on from the last checkpoint.</summary>
    public static RunState EndAsStored(RunState state, string? reason, List<RunEffect> effects) =>
        End(state with { Step = Math.Max(state.KnownCheckpoint, 0) }, RunOutcome.Stopped, reason, effects);
}
