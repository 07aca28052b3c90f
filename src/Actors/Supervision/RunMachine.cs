using System.Collections.Immutable;

namespace Starling.Actors.Supervision;

/// <summary>
/// The supervisor's decisions as a pure function (state, event) → (state, effects): membership to generation to hosting
/// plan, the schedule of evaluations, faults, and the end of the run. The actor around it only receives and performs.
/// </summary>
public static class RunMachine
{
    /// <summary>What one event changes, and what is to be done, in order.</summary>
    public static (RunState State, IReadOnlyList<RunEffect> Effects) Apply(
        RunPlan plan, RunState state, RunEvent happened)
    {
        if (state.Phase == RunPhase.Ended) return (state, []);
        List<RunEffect> effects = [];
        RunState next = happened switch
        {
            RunEvent.TrainerJoined e => Joined(plan, state, e, effects),
            RunEvent.TrainerLost e => Lost(plan, state, e, effects),
            RunEvent.TrainerReady e when IsCurrent(state, e.Generation) => Ready(plan, state, e, effects),
            RunEvent.StepCommitted e when IsCurrent(state, e.Generation) => Committed(state, e),
            RunEvent.TrainingEnded e when IsCurrent(state, e.Generation) => Drained(state, e, effects),
            RunEvent.CheckpointCommitted e => Stored(plan, state, e),
            RunEvent.CheckpointFailed e => NotStored(state, e, effects),
            RunEvent.EvaluationEnded e when e.Step == state.Evaluating => state with { Evaluating = null },
            RunEvent.StopRequested => Stop(state, effects),
            RunEvent.Fatal e => End(state, RunOutcome.Rejected, e.Reason, effects),
            _ => state,
        };
        next = EvaluateNext(next, effects);
        return (EndIfDone(plan, next, effects), effects);
    }

    private static bool IsCurrent(RunState state, long generation) => generation == state.Generation;

    private static RunState Joined(RunPlan plan, RunState state, RunEvent.TrainerJoined e, List<RunEffect> effects)
    {
        // Asking twice is no news; forming a generation for it would make two impatient trainers form them without end.
        if (state.Trainers.TryGetValue(e.Trainer, out long known) && known >= e.Incarnation) return state;
        RunState next = state with { Trainers = state.Trainers.SetItem(e.Trainer, e.Incarnation) };
        return state.Phase is RunPhase.Draining || state.Stopping ? next : Form(plan, next, effects);
    }

    private static RunState Lost(RunPlan plan, RunState state, RunEvent.TrainerLost e, List<RunEffect> effects)
    {
        if (!state.Trainers.ContainsKey(e.Trainer)) return state;
        RunState next = state with
        {
            Trainers = state.Trainers.Remove(e.Trainer),
            Ready = state.Ready.Remove(e.Trainer),
        };
        if (state.Phase is RunPhase.Draining or RunPhase.Gathering) return next;
        if (state.Stopping && next.Trainers.IsEmpty) return End(next, RunOutcome.Stopped, e.Reason, effects);
        int fruitless = state.Step > state.GenerationStart ? 0 : state.FruitlessGenerations + 1;
        next = next with { FruitlessGenerations = fruitless };
        if (fruitless >= plan.MaxFruitlessGenerations)
            return End(next, RunOutcome.Failed,
                $"{fruitless} generations failed without a step; last: {e.Reason}", effects);
        return Form(plan, next, effects);
    }

    private static RunState Form(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Trainers.IsEmpty)
            return state with { Phase = RunPhase.Gathering, Hosting = state.Hosting.Clear(), Ready = [] };
        long generation = state.Generation + 1;
        ImmutableSortedDictionary<string, ImmutableArray<int>> hosting =
            HostingPlan.Deal(state.Trainers.Keys, plan.Replicas);
        // Durable first: a number that a trainer has heard of must never be given out again.
        effects.Add(new RunEffect.PersistGeneration(generation));
        foreach ((string trainer, ImmutableArray<int> replicas) in hosting)
            effects.Add(new RunEffect.Assign(trainer, generation, replicas));
        return state with
        {
            Phase = RunPhase.Forming,
            Generation = generation,
            Hosting = hosting,
            Ready = [],
            GenerationStart = state.Step,
            FailedCheckpoint = null, // the new generation makes that step, and stores it, again
        };
    }

    private static RunState Ready(RunPlan plan, RunState state, RunEvent.TrainerReady e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Forming || !state.Hosting.ContainsKey(e.Trainer)) return state;
        RunState next = state with { Ready = state.Ready.Add(e.Trainer), Step = Math.Max(state.Step, e.Step) };
        next = Stored(plan, next, new RunEvent.CheckpointCommitted(e.Generation, e.Checkpoint)); // an earlier attempt's
        if (next.Ready.Count < next.Hosting.Count) return next;
        effects.Add(new RunEffect.Begin(state.Generation));
        if (state.Stopping) effects.Add(new RunEffect.Halt(state.Generation));
        return next with { Phase = RunPhase.Running, GenerationStart = next.Step };
    }

    private static RunState Committed(RunState state, RunEvent.StepCommitted e) =>
        state.Phase == RunPhase.Running && e.Step > state.Step ? state with { Step = e.Step } : state;

    private static RunState Drained(RunState state, RunEvent.TrainingEnded e, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Running) return state;
        // Not the furthest step ever committed: a halt soon after a fault ends with less than there was before it.
        RunState next = state with { Phase = RunPhase.Draining, Step = e.Step, FinalStep = e.Step };
        return EndIfLost(next, effects);
    }

    private static RunState Stored(RunPlan plan, RunState state, RunEvent.CheckpointCommitted e)
    {
        if (e.Step == state.FailedCheckpoint?.Step) state = state with { FailedCheckpoint = null };
        // A checkpoint of an earlier generation is the same state as this one's would be; only newer steps are news.
        if (e.Generation > state.Generation || e.Step <= state.Checkpoint) return state;
        RunState next = state with { Checkpoint = e.Step };
        return plan.EvaluationEnabled && !state.Stopping && IsDue(plan, state.Checkpoint, e.Step)
            // One waits at most, the newest: a queue of older ones would only find them pruned.
            ? next with { ToEvaluate = ImmutableQueue.Create(e.Step) }
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

    private static RunState NotStored(RunState state, RunEvent.CheckpointFailed e, List<RunEffect> effects) =>
        e.Generation == state.Generation ? EndIfLost(state with { FailedCheckpoint = e }, effects) : state;

    /// <summary>Ends a run whose last state did not reach the disk, whichever of the two was heard of first.</summary>
    private static RunState EndIfLost(RunState state, List<RunEffect> effects) =>
        state.FailedCheckpoint is { } lost && lost.Step == state.FinalStep
            ? End(state, RunOutcome.Rejected, $"the last checkpoint (step {lost.Step}) could not be written: " +
                $"{lost.Reason}; put that right, then the same command goes on from the checkpoint before", effects)
            : state;

    private static RunState Stop(RunState state, List<RunEffect> effects)
    {
        if (state.Stopping) return state;
        RunState next = state with { Stopping = true, ToEvaluate = [] };
        switch (state.Phase)
        {
            case RunPhase.Gathering: return End(next, RunOutcome.Stopped, null, effects);
            case RunPhase.Running: effects.Add(new RunEffect.Halt(state.Generation)); break;
            default: break; // Forming halts once it runs; Draining ends with its checkpoint
        }
        return next;
    }

    private static RunState EvaluateNext(RunState state, List<RunEffect> effects)
    {
        if (state.Phase == RunPhase.Ended || state.Evaluating is not null || state.ToEvaluate.IsEmpty) return state;
        ImmutableQueue<long> rest = state.ToEvaluate.Dequeue(out long step);
        effects.Add(new RunEffect.Evaluate(step));
        return state with { ToEvaluate = rest, Evaluating = step };
    }

    private static RunState EndIfDone(RunPlan plan, RunState state, List<RunEffect> effects)
    {
        if (state.Phase != RunPhase.Draining || state.Checkpoint < state.FinalStep) return state;
        if (state.Stopping && state.Step < plan.Steps) return End(state, RunOutcome.Stopped, null, effects);
        // A stop asked for after the last step does not wait for an evaluation.
        return state.Evaluating is null || state.Stopping ? End(state, RunOutcome.Completed, null, effects) : state;
    }

    private static RunState End(RunState state, RunOutcome outcome, string? reason, List<RunEffect> effects)
    {
        effects.Add(new RunEffect.End(outcome, state.Step, reason));
        return state with { Phase = RunPhase.Ended };
    }
}
