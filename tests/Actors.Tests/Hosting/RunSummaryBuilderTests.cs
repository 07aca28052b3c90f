using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.Metrics;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Images;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Hosting;

public sealed class RunSummaryBuilderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RunContext _run;
    private readonly EvaluationFiles _evaluations;
    private readonly RunProgress _progress;

    public RunSummaryBuilderTests(TinyAssets assets)
    {
        _run = RunContext.Open(
            StarlingConfiguration.Read("configs/tiny.json", RunBench.Settings(assets)), _folder.Path);
        _evaluations = new EvaluationFiles(_run.Folder);
        _progress = new RunProgress("tiny", RunBench.Steps, _run.StepsPerEpoch, 8);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_without_a_checkpoint_or_scores_names_where_they_would_be()
    {
        RunSummary summary = Build(RunOutcome.Stopped, step: 3);
        Assert.Equal("stopped: the same command goes on from here", summary.Outcome);
        Assert.Equal((3, RunBench.Steps, TimeSpan.FromSeconds(9)), (summary.Step, summary.TotalSteps, summary.Elapsed));
        Assert.Empty(summary.Scores);
        Assert.Equal([("checkpoint", _run.Checkpoints.Folder), ("events", _folder["events.jsonl"])], summary.Paths);
    }

    [Fact]
    public void Scores_of_this_attempt_come_with_their_sample_grids()
    {
        EvaluationScore score = new(RunBench.Steps, "student", "emoji", 12.5, null);
        Directory.CreateDirectory(_evaluations.Samples);
        foreach (string grid in (string[])["00000012-teacher.png", "00000012-student.png", "00000008-student.png"])
            File.WriteAllText(Path.Combine(_evaluations.Samples, grid), "");
        RunSummary summary = Build(RunOutcome.Completed, RunBench.Steps,
            _progress with { Scores = [score], CheckpointFolder = "the checkpoint" });
        Assert.Equal("finished", summary.Outcome);
        Assert.Equal([score], summary.Scores);
        Assert.Equal(
            [("checkpoint", "the checkpoint"), ("samples", Path.Combine(_evaluations.Samples, "00000012-student.png")),
            ("samples", Path.Combine(_evaluations.Samples, "00000012-teacher.png")),
            ("events", _folder["events.jsonl"]), ("scores", _evaluations.Scores)], summary.Paths);
    }

    [Fact]
    public void Scores_of_an_earlier_attempt_count_if_they_are_of_the_checkpoint_that_is_there()
    {
        TestCheckpoints.Write(_run.Checkpoints, RunBench.Steps);
        string hash = _run.Checkpoints.Latest()!.Manifest!.StateHash;
        EvaluationResult result = new()
        {
            Step = RunBench.Steps, Weights = "student", FeatureNetwork = "emoji", Samples = 2, FrechetDistance = 7.5,
        };
        _evaluations.Write(new EvaluationReport(RunBench.Steps, hash, [result], new DistanceAnchors(100, 1),
            new Dictionary<string, RgbImage>()));
        RunSummary summary = Build(RunOutcome.Completed, RunBench.Steps);
        Assert.Equal(7.5, Assert.Single(summary.Scores).FrechetDistance);
        Assert.Contains(("checkpoint", _run.Checkpoints.Latest()!.Folder), summary.Paths);
        Assert.Empty(Build(RunOutcome.Completed, step: 8).Scores);
    }

    [Fact]
    public void The_outcome_says_what_was_wrong()
    {
        Assert.Equal("finished, but the evaluation failed: no memory", Build(RunOutcome.Completed, RunBench.Steps,
            _progress with { EvaluationFailure = "no memory" }).Outcome);
        Assert.Equal("the run already has more than 12 steps", Build(RunOutcome.Completed, step: 16).Outcome);
    }

    private RunSummary Build(RunOutcome outcome, long step, RunProgress? progress = null) => RunSummaryBuilder.Build(
        _run, new RunResult(outcome, step, null), progress ?? _progress,
        new RunMetrics(TimeProvider.System, Exporter.Trainer),
        _evaluations, TimeSpan.FromSeconds(9));
}
