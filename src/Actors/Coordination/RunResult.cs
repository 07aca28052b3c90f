namespace Starling.Actors.Coordination;

/// <summary>How a run ended, for whoever waits for it.</summary>
/// <param name="Outcome">Completed, stopped or failed.</param>
/// <param name="Step">The last committed step.</param>
/// <param name="Reason">Why, if it failed.</param>
public sealed record RunResult(RunOutcome Outcome, long Step, string? Reason);
