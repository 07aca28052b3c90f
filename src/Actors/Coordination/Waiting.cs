namespace Starling.Actors.Coordination;

/// <summary>Says what a run is waiting for. The text goes to <c>status</c> and into the log.</summary>
public static class Waiting
{
    /// <summary>The number of ticks, one a second, after which a note is written.</summary>
    public const int TicksBeforeNote = 30;

    /// <summary>A step is waited for once it takes this many ticks more than five of the steps before.</summary>
    private const int StepTicks = 10;

    /// <summary>Returns what the run is waiting for, and of whom; null if nothing is missing.</summary>
    public static string? For(RunState state) => state.Phase switch
    {
        RunPhase.Gathering when state.Trainers.IsEmpty => "a trainer",
        RunPhase.Gathering or RunPhase.Running when state.Loaders == 0 => "a loader",
        RunPhase.Running when state.DataFault is { } fault => $"data that loaders can read: {fault}",
        RunPhase.RollCall when !state.Silent.IsEmpty =>
            $"the cluster to decide about {Names(state.Silent)}, which cannot be reached",
        RunPhase.RollCall => "an answer of " + Names(
            state.Trainers.Where(t => t.Value.LastAnsweredPing < state.RollCallPing).Select(t => t.Key)),
        RunPhase.Binding => Hosts(state, h => !state.Bound.ContainsKey(h)) + " to get ready to connect",
        RunPhase.Connecting => Hosts(state, h => !state.Progress.ContainsKey(h)) + " to connect",
        RunPhase.Running when state.Ticks - state.StepTick > StepTicks + 5 * state.StepTicks =>
            $"step {state.Step + 1} of {Hosts(state, h => state.Progress[h].Step <= state.Step)}",
        RunPhase.Draining when state.Checkpoint < state.FinalStep =>
            $"the checkpoint of step {state.FinalStep} of {state.Hosting[0].Trainer}",
        RunPhase.Draining when state.Evaluating is { } evaluating =>
            $"the evaluation of step {evaluating.Step} by {evaluating.Evaluator}; a stop ends the run without",
        RunPhase.Draining when !state.ToEvaluate.IsEmpty =>
            $"an evaluator for the checkpoint of step {state.ToEvaluate[0]}; a stop ends the run without",
        _ => null,
    };

    /// <summary>Notes why a host has no data, until the next step.</summary>
    internal static RunState OnDataFailed(RunState state, RunEvent.DataFailed e, List<RunEffect> effects)
    {
        // Every trainer says it again and again, each with the reason of the loader that it asked last.
        if (state.RankOf(e.Trainer) < 0 || state.DataFault is not null) return state;
        effects.Add(new RunEffect.Fault($"no loader can give trainer {e.Trainer} data; it tries again: {e.Reason}"));
        return state with { DataFault = e.Reason };
    }

    /// <summary>Writes one note when the same thing has been missing for <see cref="TicksBeforeNote"/> ticks.</summary>
    internal static RunState OnTicked(RunState state, List<RunEffect> effects)
    {
        string? missing = For(state);
        RunState next = missing is null || missing != state.Missing
            ? state with { Missing = missing, MissingTicks = 0 }
            : state with { MissingTicks = state.MissingTicks + 1 };
        if (next.MissingTicks == TicksBeforeNote) effects.Add(new RunEffect.Note($"still waiting for {missing}"));
        return next;
    }

    private static string Hosts(RunState state, Func<string, bool> isMissing) =>
        Names(state.Hosting.Select(h => h.Trainer).Where(isMissing));

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
