using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Commands.Models;

public sealed class CompareCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scores_stand_side_by_side_with_the_loss_of_the_last_steps()
    {
        Save("plain", 10, 50.5, 0.25, 0.5);
        Save("plain", 20, 40.25, 0.3, 0.6);
        Save("star|2", 20, 39.5, 0.35, 0.65);
        // Steps 19 and 20 count, and of step 19 the later line. The other lines are of other steps or events, or torn.
        File.WriteAllLines(_folder["plain/events.jsonl"],
        [
            Step(18, "9"), Step(19, "7"), "{\"step\":20,\"event\":\"checkpoint\",\"loss_ar\":8}", Step(19, "2.5"),
            Step(20, "2"), Step(21, "9"), "{\"event\":\"step\",\"step\":20,\"lo",
        ]);
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync(
            "compare", _folder["plain"], _folder["star|2"] + "/", "--loss-steps", "2"));
        Assert.Equal(
        [
            "| run | step | weights | AR loss, last 2 steps | held-out AR loss | Frechet distance | features " +
                "| samples | images | probe at 8 | probe at 64 | chance |",
            "| --- | ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
            @"| plain | 20 | student | 2.250 | 5.500 | 40.25 | net | 10 | 30 | 30.0% | 60.0% | 11.1% |",
            @"| plain | 20 | teacher |  | 5.500 | 41.25 | net | 10 | 30 | 30.0% | 60.0% | 11.1% |",
            @"| star\|2 | 20 | student |  | 5.500 | 39.5 | net | 10 | 30 | 35.0% | 65.0% | 11.1% |",
            @"| star\|2 | 20 | teacher |  | 5.500 | 40.5 | net | 10 | 30 | 35.0% | 65.0% | 11.1% |",
        ], _runner.OutputLines);
        Assert.Empty(_runner.Error);
    }

    [Fact]
    public async Task A_clusters_run_has_its_losses_in_the_trainers_event_logs()
    {
        Save("cluster", 20, 40.25, 0.3, 0.6);
        File.WriteAllText(_folder["cluster/events.jsonl"], "{\"event\":\"generation\",\"step\":0}\n");
        // Both trainers log the steps that they make. Step 20 was made again after a restart, by the first one.
        File.WriteAllLines(_folder["cluster/events-trainer-1.jsonl"],
            [Step(19, "3", "2026-01-01T00:00:01.000Z"), Step(20, "5", "2026-01-01T00:00:09.000Z")]);
        File.WriteAllLines(_folder["cluster/events-trainer-2.jsonl"],
            [Step(19, "3", "2026-01-01T00:00:01.000Z"), Step(20, "9", "2026-01-01T00:00:02.000Z")]);
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("compare", _folder["cluster"], "--loss-steps", "2"));
        Assert.StartsWith("| cluster | 20 | student | 4.000 | 5.500 |", _runner.OutputLines[2]);
    }

    [Fact]
    public async Task An_earlier_step_and_one_of_the_weights_can_be_asked_for()
    {
        Save("plain", 10, 50.5, 0.25, 0.5);
        Save("plain", 20, 40.25, 0.3, 0.6);
        await _runner.RunAsync("compare", _folder["plain"] + "@10", "--weights", "teacher");
        Assert.StartsWith("| plain | 10 | teacher |  | 5.500 | 51.5 |", _runner.OutputLines[2]);
        Assert.Equal(3, _runner.OutputLines.Length);
    }

    [Fact]
    public async Task Probe_curves_become_an_image()
    {
        Save("plain", 20, 40.25, 0.3, 0.6);
        Save("star", 20, 39.5, 0.35, 0.65);
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync(
            "compare", _folder["plain"], _folder["star"], "--out", _folder["new/probe.png"]));
        Assert.Equal($"chart: {_folder["new/probe.png"]}", _runner.OutputLines[^1]);
        RgbImage chart = Decode("new/probe.png");
        Assert.Equal(
            (CurveChart.Width, CurveChart.PlotHeight + (4 * CurveChart.LegendLine)), (chart.Width, chart.Height));
        // Each run has a color, which its student's and its teacher's curve share, in the chart and in the legend.
        int plain = Rows(chart, 0, 114, 178), star = Rows(chart, 213, 94, 0);
        Assert.True(plain > 250 && star > 250, $"{plain} and {star} rows");
    }

    [Fact]
    public async Task Distances_that_do_not_compare_are_remarked_upon()
    {
        Save("plain", 20, 40.25, 0.3, 0.6);
        Save("star", 20, 39.5, 0.35, 0.65, samples: 11);
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("compare", _folder["plain"], _folder["star"]));
        Assert.Contains("do not compare", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task A_run_without_such_an_evaluation_is_one_clear_line()
    {
        Save("plain", 20, 40.25, 0.3, 0.6);
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("compare", _folder["plain"], _folder["nowhere"]));
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("compare", _folder["plain"] + "@7"));
        Assert.Equal(
            ExitCodes.UserError, await _runner.RunAsync("compare", _folder["plain"], "--loss-steps", "0"));
        Assert.Equal(
        [
            $"starling: error: {_folder["nowhere"]}: holds no evaluation; train it with evaluation.enabled",
            $"starling: error: {_folder["plain"]}: has no evaluation of step 7; there are 20",
            "starling: error: --loss-steps 0: must be at least 1",
        ], _runner.ErrorLines);
    }

    [Fact]
    public async Task Runs_without_a_probe_have_a_table_but_no_image()
    {
        EvaluationResult bare = Result(20, "student", 40.25, []) with { ReferenceImages = 0, HeldOutLoss = null };
        new EvaluationFiles(_folder["plain"]).Write(new EvaluationReport(
            20, "hash", [bare], new DistanceAnchors(100, 1), new Dictionary<string, RgbImage>()));
        Assert.Equal(ExitCodes.UserError,
            await _runner.RunAsync("compare", _folder["plain"], "--out", _folder["probe.png"]));
        Assert.Equal("| plain | 20 | student |  |  | 40.25 | net | 10 |  |  |", _runner.OutputLines[^1]);
        Assert.Equal("starling: error: --out: none of the runs has a linear probe", Assert.Single(_runner.ErrorLines));
    }

    private static int Rows(RgbImage image, byte red, byte green, byte blue) => image.Pixels.Chunk(image.Width * 3)
        .Count(row => row.Chunk(3).Any(pixel => pixel.SequenceEqual((byte[])[red, green, blue])));

    private RgbImage Decode(string name) => ImageDecoder.Default.Decode(File.ReadAllBytes(_folder[name]));

    private static string Step(long step, string loss, string time = "now") =>
        $"{{\"time\":\"{time}\",\"step\":{step},\"event\":\"step\",\"loss\":1,\"loss_ar\":{loss}}}";

    private void Save(string run, long step, double distance, double first, double last, int samples = 10)
    {
        ProbeAccuracy[] probe = [new(8, first), new(64, last)];
        new EvaluationFiles(_folder[run]).Write(new EvaluationReport(step, "hash",
            [
                Result(step, "student", distance, probe) with { Samples = samples },
                Result(step, "teacher", distance + 1, probe) with { Samples = samples },
            ],
            new DistanceAnchors(100, 1), new Dictionary<string, RgbImage>()));
    }

    private static EvaluationResult Result(long step, string weights, double distance, ProbeAccuracy[] probe) => new()
    {
        Step = step,
        Weights = weights,
        FeatureNetwork = "net",
        Samples = 10,
        ReferenceImages = 30,
        FrechetDistance = distance,
        HeldOutLoss = 5.5,
        Probe = probe,
        ChanceLevel = 1.0 / 9,
    };
}
