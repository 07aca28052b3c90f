namespace Starling.Actors.Coordination;

/// <summary>What is known of the checkpoints on the disk.</summary>
internal static class CommittedCheckpoints
{
    public static RunState Committed(
        RunPlan plan, RunState state, RunEvent.CheckpointCommitted e, List<RunEffect> effects)
    {
        // A checkpoint of an earlier generation is the same state as this one's would be; only newer steps are news.
        if (e.Generation > state.Generation) return state;
        RunState next = e.Step == state.FailedCheckpoint?.Step ? state with { FailedCheckpoint = null } : state;
        if (e.Step <= state.Checkpoint) return next;
        next = Learn(plan, next, e.Step);
        effects.Add(new RunEffect.Persist(next.Generation, next.Step, next.KnownCheckpoint));
        return next;
    }

    public static RunState Failed(RunState state, RunEvent.CheckpointFailed e) =>
        e.Generation == state.Generation ? state with { FailedCheckpoint = e } : state;

    /// <summary>There is a checkpoint of this step; it is evaluated if it is newer than those known and due.</summary>
    public static RunState Learn(RunPlan plan, RunState state, long step)
    {
        if (step <= state.Checkpoint) return state;
        RunState next = state with { Checkpoint = step };
        return plan.EvaluationEnabled && !state.Stopping && IsDue(plan, state.Checkpoint, step)
            // One waits at most, the newest: a queue of older ones would only find them pruned.
            ? next with { ToEvaluate = [step] }
            : next;
    }

    /// <summary>
    /// The last checkpoint, and the first at or after each multiple, unless an earlier attempt evaluated it.
    /// </summary>
    private static bool IsDue(RunPlan plan, long before, long step)
    {
        if (step == plan.Steps) return !plan.Evaluated.Contains(step);
        if (plan.EvaluateEverySteps == 0) return false;
        long multiple = step / plan.EvaluateEverySteps;
        return multiple > Math.Max(before, 0) / plan.EvaluateEverySteps &&
            !plan.Evaluated.Any(s => s / plan.EvaluateEverySteps == multiple);
    }
}
