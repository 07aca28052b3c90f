using Starling.Actors.Coordination;
using Starling.Actors.Metrics;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Builds the summary that ends a run's output.</summary>
internal static class RunSummaryBuilder
{
    /// <summary>
    /// Builds the summary. If this attempt evaluated nothing, the summary has the scores that an earlier attempt gave
    /// the run's last checkpoint.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="result">How the run ended.</param>
    /// <param name="progress">The last figures of this attempt.</param>
    /// <param name="metrics">They know the fractions of time spent waiting.</param>
    /// <param name="evaluations">The files with the results of evaluations.</param>
    /// <param name="elapsed">Wall time of this attempt.</param>
    public static RunSummary Build(RunContext run, RunResult result, RunProgress progress, RunMetrics metrics,
        EvaluationFiles evaluations, TimeSpan elapsed)
    {
        IReadOnlyList<EvaluationScore> scores = progress.Scores.Count > 0 ? progress.Scores
            : Earlier(evaluations.Of(run.Checkpoints).GetValueOrDefault(result.Step));
        string checkpoint = progress.CheckpointFolder ?? run.Checkpoints.Latest()?.Folder ?? run.Checkpoints.Folder;
        List<(string, string)> paths =
        [
            ("checkpoint", checkpoint),
            .. (scores.Count > 0 ? SampleGrids(evaluations, result.Step) : []).Select(path => ("samples", path)),
            ("events", Path.Combine(run.Folder, "events.jsonl")),
        ];
        if (scores.Count > 0) paths.Add(("scores", evaluations.Scores));
        if (run.Options.Monitor.TensorBoard) paths.Add(("tensorboard", Path.Combine(run.Folder, "tensorboard")));
        string outcome = result.Outcome == RunOutcome.Stopped ? "stopped: the same command goes on from here"
            : progress.EvaluationFailure is { } failure ? $"finished, but the evaluation failed: {failure}"
            : result.Step > run.Options.Training.Steps
                ? $"the run already has more than {run.Options.Training.Steps} steps"
            : "finished";
        return new RunSummary(run.Options.Name, outcome, result.Step, run.Options.Training.Steps, elapsed,
            metrics.Data.WaitRatio, metrics.Checkpoints.BlockedRatio, progress.Losses, scores, paths);
    }

    private static IReadOnlyList<EvaluationScore> Earlier(EvaluationFiles.StoredScores? stored) =>
        [.. (stored?.Results ?? []).Select(EvaluationScore.Of)];

    private static IEnumerable<string> SampleGrids(EvaluationFiles evaluations, long step) =>
        Directory.Exists(evaluations.Samples)
            ? Directory.EnumerateFiles(evaluations.Samples, $"{step:D8}-*.png").Order(StringComparer.Ordinal)
            : [];
}
