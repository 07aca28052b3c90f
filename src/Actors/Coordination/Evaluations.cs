namespace Starling.Actors.Coordination;

/// <summary>
/// Gives checkpoints to evaluators, one at a time. When an evaluator is lost, its checkpoint goes to the next one.
/// </summary>
internal static class Evaluations
{
    /// <summary>Adds an evaluator. A repeated registration changes nothing.</summary>
    public static RunState OnEvaluatorJoined(RunState state, RunEvent.EvaluatorJoined e) =>
        state.Evaluators.Contains(e.Evaluator)
            ? state
            : state with { Evaluators = state.Evaluators.Add(e.Evaluator) };

    /// <summary>
    /// Removes an evaluator. Its checkpoint goes back to the head of the queue, or is given up after too many losses.
    /// </summary>
    public static RunState OnEvaluatorLost(
        RunPlan plan, RunState state, RunEvent.EvaluatorLost e, List<RunEffect> effects)
    {
        RunState next = state with { Evaluators = state.Evaluators.Remove(e.Evaluator) };
        if (state.Evaluating is not { } evaluating || evaluating.Evaluator != e.Evaluator) return next;
        int lost = state.LostEvaluators + 1;
        if (lost < plan.MaxEvaluators)
        {
            effects.Add(new RunEffect.Fault(
                $"evaluator {e.Evaluator} is lost: step {evaluating.Step} is evaluated by the next"));
            return next with
            {
                Evaluating = null,
                LostEvaluators = lost,
                ToEvaluate = state.Stopping ? [] : state.ToEvaluate.Insert(0, evaluating.Step),
            };
        }
        effects.Add(new RunEffect.Fault($"step {evaluating.Step} is not evaluated: it cost {lost} evaluators"));
        return next with { Evaluating = null, LostEvaluators = 0 };
    }

    /// <summary>
    /// Repeats the order to evaluate for an evaluator that works on something else, or on nothing. Either the order did
    /// not reach it, or the report of its end did not reach the supervisor: the evaluator then repeats that report.
    /// </summary>
    public static RunState OnEvaluatorReported(RunState state, RunEvent.EvaluatorReported e, List<RunEffect> effects)
    {
        if (state.Evaluating is { } wanted && wanted.Evaluator == e.Evaluator && wanted.Step != e.Evaluating)
            effects.Add(wanted);
        return state;
    }

    /// <summary>Notes that the present evaluation ended.</summary>
    public static RunState OnEvaluationEnded(RunState state, RunEvent.EvaluationEnded e) =>
        e.Step == state.Evaluating?.Step ? state with { Evaluating = null, LostEvaluators = 0 } : state;

    /// <summary>
    /// Gives the next waiting checkpoint to an evaluator, if no evaluation is under way and an evaluator is there.
    /// </summary>
    public static RunState AssignNext(RunState state, List<RunEffect> effects)
    {
        if (state.Evaluating is not null || state.ToEvaluate.IsEmpty || state.Evaluators.IsEmpty) return state;
        RunEffect.Evaluate next = new(state.ToEvaluate[0], state.Evaluators[0]);
        effects.Add(next);
        return state with { ToEvaluate = state.ToEvaluate.RemoveAt(0), Evaluating = next };
    }
}
