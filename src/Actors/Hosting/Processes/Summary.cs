using Starling.Actors.Coordination;
using Starling.Actors.Metrics;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;

namespace Starling.Actors.Hosting.Processes;

/// <summary>What the end of a run's output says.</summary>
internal static class Summary
{
    /// <summary>Puts it together; scores of an earlier attempt count if this one evaluated nothing.</summary>
    public static RunSummary Of(RunContext run, RunResult ending, RunProgress progress, RunMetrics metrics,
        EvaluationFiles evaluations, TimeSpan elapsed)
    {
        IReadOnlyList<EvaluationScore> scores = progress.Scores.Count > 0 ? progress.Scores
            : Earlier(evaluations.Of(run.Checkpoints).GetValueOrDefault(ending.Step));
        string checkpoint = progress.CheckpointFolder ?? run.Checkpoints.Latest()?.Folder ?? run.Checkpoints.Folder;
        List<(string, string)> paths =
        [
            ("checkpoint", checkpoint),
            .. (scores.Count > 0 ? SampleGrids(evaluations, ending.Step) : []).Select(path => ("samples", path)),
            ("events", Path.Combine(run.Folder, "events.jsonl")),
        ];
        if (scores.Count > 0) paths.Add(("scores", evaluations.Scores));
        if (run.Options.Monitor.TensorBoard) paths.Add(("tensorboard", Path.Combine(run.Folder, "tensorboard")));
        string outcome = ending.Outcome == RunOutcome.Stopped ? "stopped: the same command goes on from here"
            : progress.EvaluationFailure is { } failure ? $"finished, but the evaluation failed: {failure}"
            : ending.Step > run.Options.Training.Steps
                ? $"the run already has more than {run.Options.Training.Steps} steps"
            : "finished";
        return new RunSummary(run.Options.Name, outcome, ending.Step, run.Options.Training.Steps, elapsed,
            metrics.Data.WaitRatio, metrics.Checkpoints.BlockedRatio, progress.Losses, scores, paths);
    }

    private static IReadOnlyList<EvaluationScore> Earlier(EvaluationFiles.StoredScores? stored) =>
        [.. (stored?.Results ?? []).Select(EvaluationScore.Of)];

    private static IEnumerable<string> SampleGrids(EvaluationFiles evaluations, long step) =>
        Directory.Exists(evaluations.Samples)
            ? Directory.EnumerateFiles(evaluations.Samples, $"{step:D8}-*.png").Order(StringComparer.Ordinal)
            : [];
}
