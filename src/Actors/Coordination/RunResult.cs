namespace Starling.Actors.Coordination;

/// <summary>Says how a run ended.</summary>
/// <param name="Outcome">The way in which it ended.</param>
/// <param name="Step">The last committed step.</param>
/// <param name="Reason">
/// The reason in one line, if it failed, was rejected, or stopped without storing its state.
/// </param>
public sealed record RunResult(RunOutcome Outcome, long Step, string? Reason);
