namespace Starling.Actors.Reporting;

/// <summary>What a run did, for the end of its output.</summary>
/// <param name="Run">Its name.</param>
/// <param name="Outcome">For instance <c>finished</c> or <c>stopped: run the same command to go on</c>.</param>
/// <param name="Step">Committed steps.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Elapsed">Wall time of this attempt.</param>
/// <param name="DataWaitRatio">Share of it spent waiting for data.</param>
/// <param name="CheckpointBlockedRatio">Share of it the trainer stood still for checkpoints.</param>
/// <param name="Losses">The last step's.</param>
/// <param name="Scores">Those of the last evaluation.</param>
/// <param name="Paths">What was made: a name (checkpoint, samples, events…) and its path.</param>
public sealed record RunSummary(
    string Run, string Outcome, long Step, long TotalSteps, TimeSpan Elapsed, double DataWaitRatio,
    double CheckpointBlockedRatio, IReadOnlyList<LossPart> Losses, IReadOnlyList<EvaluationScore> Scores,
    IReadOnlyList<(string Name, string Path)> Paths);
