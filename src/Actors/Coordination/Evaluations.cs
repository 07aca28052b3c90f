namespace Starling.Actors.Coordination;

/// <summary>Who evaluates what: one checkpoint at a time, given on to the next evaluator when one is lost.</summary>
internal static class Evaluations
{
    public static RunState Joined(RunState state, RunEvent.EvaluatorJoined e) => state.Evaluators.Contains(e.Evaluator)
        ? state
        : state with { Evaluators = state.Evaluators.Add(e.Evaluator) };

    public static RunState Lost(RunPlan plan, RunState state, RunEvent.EvaluatorLost e, List<RunEffect> effects)
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

    public static RunState Ended(RunState state, RunEvent.EvaluationEnded e) =>
        e.Step == state.Evaluating?.Step ? state with { Evaluating = null, LostEvaluators = 0 } : state;

    /// <summary>Gives out the next evaluation if there is one and somebody to make it.</summary>
    public static RunState Next(RunState state, List<RunEffect> effects)
    {
        if (state.Evaluating is not null || state.ToEvaluate.IsEmpty || state.Evaluators.IsEmpty) return state;
        RunEffect.Evaluate next = new(state.ToEvaluate[0], state.Evaluators[0]);
        effects.Add(next);
        return state with { ToEvaluate = state.ToEvaluate.RemoveAt(0), Evaluating = next };
    }
}
