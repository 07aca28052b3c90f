namespace Starling.Actors.Coordination;

/// <summary>What a run cannot go on without, for people who wonder why nothing happens.</summary>
public static class Waiting
{
    /// <summary>Ticks, one a second, after which people are told.</summary>
    public const int TicksBeforeNote = 30;

    /// <summary>What is missing; null if nothing is.</summary>
    public static string? For(RunState state) => state.Phase switch
    {
        RunPhase.Gathering when state.Trainers.IsEmpty => "a trainer",
        RunPhase.Gathering or RunPhase.Running when state.Loaders == 0 => "a loader",
        RunPhase.RollCall when !state.Silent.IsEmpty =>
            $"the cluster to decide about {string.Join(", ", state.Silent)}, which cannot be reached",
        RunPhase.Draining when state.Evaluating is null && !state.ToEvaluate.IsEmpty && state.Evaluators.IsEmpty =>
            $"an evaluator for the checkpoint of step {state.ToEvaluate[0]}; a stop ends the run without",
        _ => null,
    };

    /// <summary>Says once what has been missing for long.</summary>
    internal static RunState Ticked(RunState state, List<RunEffect> effects)
    {
        string? missing = For(state);
        RunState next = missing is null || missing != state.Missing
            ? state with { Missing = missing, MissingTicks = 0 }
            : state with { MissingTicks = state.MissingTicks + 1 };
        if (next.MissingTicks == TicksBeforeNote) effects.Add(new RunEffect.Note($"still waiting for {missing}"));
        return next;
    }
}
