using System.Text.Json;
using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Images;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Snapshots;

namespace Starling.Actors.Tests.Commands.Models;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Scores_of_both_weights_are_printed_with_every_position()
    {
        string checkpoint = Save();
        _runner.OnEvaluate = folder =>
        {
            Assert.Equal(checkpoint, Path.GetFullPath(folder));
            return Report(Result("student", 41.25, 0.6), Result("teacher", 39.5, 0.65) with { HeldOutLoss = null });
        };
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("evaluate", "--checkpoint", _run.Path));
        Assert.Equal(
        [
            "step 5 student: Frechet distance 41.25 (emoji, 10 samples against 30 images), held-out loss 5.250, " +
                "linear probe 60.0%",
            "  probe at position 8: 30.0% (chance 11.1%)",
            "  probe at position 64: 60.0% (chance 11.1%)",
            "step 5 teacher: Frechet distance 39.5 (emoji, 10 samples against 30 images), linear probe 65.0%",
            "  probe at position 8: 30.0% (chance 11.1%)",
            "  probe at position 64: 65.0% (chance 11.1%)",
            $"samples: {_run["samples"]}",
        ], _runner.OutputLines);
        Assert.Equal(["00000005-student.png"], Directory.GetFiles(_run["samples"]).Select(Path.GetFileName));
        Assert.Empty(new EvaluationFiles(_run.Path).All()); // There was no --save.
    }

    [Fact]
    public async Task Scores_are_kept_with_the_runs_own_if_asked()
    {
        Save();
        _runner.OnEvaluate = _ => Report(Result("student", 41.25, 0.6));
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync(
            "evaluate", "--checkpoint", _run.Path, "--save", "--out", _run["elsewhere"]));
        EvaluationFiles.StoredScores stored = Assert.Single(new EvaluationFiles(_run.Path).All());
        Assert.Equal(("hash", 41.25), (stored.StateHash, stored.Rank));
        Assert.True(File.Exists(_run["elsewhere/00000005-student.png"]));
    }

    [Fact]
    public async Task Kept_scores_have_their_grids_in_the_runs_folder_too()
    {
        Save();
        _runner.OnEvaluate = _ => Report(Result("student", 41.25, 0.6));
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("evaluate", "--checkpoint", _run.Path, "--save"));
        Assert.Equal($"samples: {_run["samples"]}", _runner.OutputLines[^1]);
        Assert.Equal(["00000005-student.png"], Directory.GetFiles(_run["samples"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_stored_configuration_can_be_changed_and_is_checked()
    {
        Save();
        Assert.Equal(ExitCodes.UserError,
            await _runner.RunAsync("evaluate", "--checkpoint", _run.Path, "--set", "evaluation.sample=3"));
        Assert.Contains("did you mean evaluation.samples?", Assert.Single(_runner.ErrorLines));
    }

    private static EvaluationReport Report(params EvaluationResult[] results) => new(5, "hash", results,
        new DistanceAnchors(100, 1),
        new Dictionary<string, RgbImage> { ["student"] = RgbImage.FromPlanes(new byte[12], 2, 2) });

    private static EvaluationResult Result(string weights, double distance, double probe) => new()
    {
        Step = 5,
        Weights = weights,
        FeatureNetwork = "emoji",
        Samples = 10,
        ReferenceImages = 30,
        FrechetDistance = distance,
        HeldOutLoss = 5.25,
        Probe = [new ProbeAccuracy(8, 0.3), new ProbeAccuracy(64, probe)],
        ChanceLevel = 1.0 / 9,
    };

    private string Save()
    {
        var configuration = new JsonObject
        {
            ["identity"] = new JsonObject(),
            ["resolved"] = JsonNode.Parse(OptionsJson.Resolved(StarlingConfiguration.Read("configs/tiny.json", []))),
        };
        var run = new RunDescription("r", JsonSerializer.SerializeToElement(configuration), "m", "d", "t");
        using var state = new CheckpointSnapshot(5, 1, [], [], [], []);
        return new CheckpointWriter(new CheckpointStore(CheckpointPaths.Of(_run.Path)), TimeProvider.System)
            .Write(state, run, new Dictionary<string, double>()).Folder;
    }
}
