namespace Starling.Actors.Reporting;

/// <summary>What a run did, as the end of its output shows it.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Outcome">For instance <c>finished</c> or <c>stopped: run the same command to go on</c>.</param>
/// <param name="Step">Committed steps.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Elapsed">Wall time of this attempt.</param>
/// <param name="DataWaitRatio">Fraction of the training's wall time spent waiting for data, 0 to 1.</param>
/// <param name="CheckpointBlockedRatio">Fraction of that time the trainer stood still for checkpoints, 0 to 1.</param>
/// <param name="Losses">Parts of the last step's loss; empty if this attempt made no step.</param>
/// <param name="Scores">Scores of the last evaluation.</param>
/// <param name="Paths">Each thing that the run wrote: a name (checkpoint, samples, events…) and its path.</param>
public sealed record RunSummary(
    string Run, string Outcome, long Step, long TotalSteps, TimeSpan Elapsed, double DataWaitRatio,
    double CheckpointBlockedRatio, IReadOnlyList<LossPart> Losses, IReadOnlyList<EvaluationScore> Scores,
    IReadOnlyList<(string Name, string Path)> Paths);
