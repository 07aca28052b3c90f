namespace Starling.Actors.Coordination;

/// <summary>Says what an idle run is waiting for. The text goes to <c>status</c> and into the log.</summary>
public static class Waiting
{
    /// <summary>The number of ticks, one a second, after which a note is written.</summary>
    public const int TicksBeforeNote = 30;

    /// <summary>Returns what the run is waiting for; null if nothing is missing.</summary>
    public static string? For(RunState state) => state.Phase switch
    {
        RunPhase.Gathering when state.Trainers.IsEmpty => "a trainer",
        RunPhase.Gathering or RunPhase.Running when state.Loaders == 0 => "a loader",
        RunPhase.Running when state.DataFault is { } fault => $"data that loaders can read: {fault}",
        RunPhase.RollCall when !state.Silent.IsEmpty =>
            $"the cluster to decide about {string.Join(", ", state.Silent)}, which cannot be reached",
        RunPhase.Draining when state.Evaluating is null && !state.ToEvaluate.IsEmpty && state.Evaluators.IsEmpty =>
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
}
