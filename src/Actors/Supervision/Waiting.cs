namespace Starling.Actors.Supervision;

/// <summary>What a run cannot go on without, for people who wonder why nothing happens.</summary>
public static class Waiting
{
    /// <summary>What is missing; null if nothing is.</summary>
    public static string? For(RunState state) => state.Phase switch
    {
        RunPhase.Gathering when state.Trainers.IsEmpty => "a trainer",
        RunPhase.Gathering or RunPhase.Running when state.Loaders == 0 => "a loader",
        RunPhase.Draining when state.Evaluating is null && !state.ToEvaluate.IsEmpty && state.Evaluators.IsEmpty =>
            $"an evaluator for the checkpoint of step {state.ToEvaluate[0]}; a stop ends the run without",
        _ => null,
    };
}
