namespace Starling.Actors.Coordination;

/// <summary>Keeps track of the checkpoints on the disk.</summary>
internal static class CommittedCheckpoints
{
    /// <summary>
    /// Notes that a checkpoint is on the disk, and has that stored in the ledger if it is a newer one.
    /// </summary>
    public static RunState OnCheckpointCommitted(
        RunPlan plan, RunState state, RunEvent.CheckpointCommitted e, List<RunEffect> effects)
    {
        // A checkpoint of an earlier generation counts too: the state after a step is the same in every generation.
        if (e.Generation > state.Generation || e.Generation < state.DiskReadIn) return state;
        RunState next = e.Step == state.FailedCheckpoint?.Step ? state with { FailedCheckpoint = null } : state;
        if (e.Step <= state.Checkpoint) return next;
        next = Record(plan, next, e.Step);
        effects.Add(new RunEffect.Persist(next.Generation, next.Step, next.KnownCheckpoint));
        return next;
    }

    /// <summary>
    /// Notes that a checkpoint of the current generation could not be written. That one of an earlier generation is
    /// refused is as it should be.
    /// </summary>
    public static RunState OnCheckpointFailed(RunState state, RunEvent.CheckpointFailed e, List<RunEffect> effects)
    {
        if (e.Generation != state.Generation || e == state.FailedCheckpoint) return state;
        effects.Add(new RunEffect.Fault($"the checkpoint of step {e.Step} was not stored: {e.Reason}"));
        return state with { FailedCheckpoint = e };
    }

    /// <summary>
    /// Records a checkpoint of a step if it is newer than the known ones, and schedules its evaluation if one is due.
    /// </summary>
    public static RunState Record(RunPlan plan, RunState state, long step)
    {
        if (step <= state.Checkpoint) return state;
        RunState next = state with { Checkpoint = step };
        return plan.EvaluationEnabled && !state.Stopping && IsDue(plan, state.Checkpoint, step)
            // At most one checkpoint waits, the newest. By the time that older ones had their turn, they would have
            // been pruned.
            ? next with { ToEvaluate = [step] }
            : next;
    }

    /// <summary>
    /// Returns whether a checkpoint is to be evaluated: the run's last one, and the first at or after each multiple of
    /// <see cref="RunPlan.EvaluateEverySteps"/>, unless an earlier attempt has evaluated it.
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
