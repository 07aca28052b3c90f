using Starling.Actors.Reporting;
using Starling.Actors.Tests.Support;
using Starling.Model.Training;

namespace Starling.Actors.Tests.Reporting;

public sealed class ProgressViewTests
{
    private readonly StringWriter _output = new();
    private readonly RunProgress _progress = new("r[1]", TotalSteps: 1000, StepsPerEpoch: 16, GlobalBatch: 8)
    {
        State = "training",
        Step = 40,
        Last = new StepResult(40, StepOutcome.Applied, new LossParts(5.9, 0.1, 0.02, 0.03, 6.125), GradientNorm: 0.8,
            LearningRate: 0.001, KeySimilarity: 0.5, PhaseSeconds: []),
        SecondsPerStep = 0.25,
        DataWaitRatio = 0.004,
        CheckpointStep = 30,
        CheckpointAge = TimeSpan.FromSeconds(12),
        MetricsAddress = new Uri("http://127.0.0.1:8080/"),
        Scores = [new EvaluationScore(30, "student", "emoji", 41.24, 0.63)],
    };

    [Fact]
    public void A_line_holds_what_a_log_needs() => Assert.Equal(
        "step 40/1000 4.0%  loss 6.125 (ar 5.9 mim 0.1 contrast_step 0.02 contrast_view 0.03)  grad 0.8  lr 0.001  " +
        "32 images/s  data wait 0.4%  checkpoint 30  eta 4m00s",
        ProgressLine.Render(_progress));

    [Fact]
    public async Task Before_the_first_step_there_is_no_line()
    {
        await using (LineView view = new(_output, everySteps: 1)) view.Update(_progress with { Last = null });
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Nobody_waits_for_an_output_that_takes_no_lines()
    {
        using BlockedWriter blocked = new();
        LineView view = new(blocked, everySteps: 1);
        for (int step = 1; step <= 20_000; step++)
        {
            view.Update(_progress with { Step = step });
            view.Note("a note");
        }
        await view.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Lines_come_every_so_many_steps_with_the_first_and_the_last()
    {
        await using (var view = new LineView(_output, everySteps: 10))
        {
            view.Note("resumed");
            for (int step = 4; step <= 25; step++)
            {
                view.Update(_progress with { Step = step, TotalSteps = 25 });
                view.Update(_progress with { Step = step, TotalSteps = 25 });
            }
        }
        string[] lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["resumed", "step 4/25", "step 10/25", "step 20/25", "step 25/25"],
            lines.Select(l => string.Join(' ', l.Split(' ').Take(2))));
    }

    [Fact]
    public void The_panel_shows_everything() => AssertPanel(_progress, """
        ╭─r[1]: training────────────────────────────────────────────────────────────────────────╮
        │ step         40 / 1000  ━━──────────────────────────────────────  4.0%                │
        │ loss         total 6.125   ar 5.9   mim 0.1   contrast_step 0.02   contrast_view 0.03 │
        │ gradient     norm 0.8   learning rate 0.001                                           │
        │ speed        32 images/s   data wait 0.4%   epoch 2.5                                 │
        │ checkpoint   step 30, 12s ago                                                         │
        │ evaluation   step 30 student: Frechet distance 41.24 (emoji), linear probe 63.0%      │
        │ time left    4m00s                                                                    │
        │ metrics      http://127.0.0.1:8080/metrics                                            │
        ╰───────────────────────────────────────────────────────────────────────────────────────╯
        """);

    [Fact]
    public void The_panel_of_a_run_that_only_starts_shows_what_there_is() => AssertPanel(
        new RunProgress("r[1]", TotalSteps: 1000, StepsPerEpoch: 16, GlobalBatch: 8), """
        ╭─r[1]: starting────────────────────────────────────────────────────────╮
        │ step         0 / 1000  ────────────────────────────────────────  0.0% │
        │ gradient     norm 0   learning rate 0                                 │
        │ speed        0 images/s   data wait 0.0%   epoch 0                    │
        │ checkpoint   none yet                                                 │
        ╰───────────────────────────────────────────────────────────────────────╯
        """);

    [Fact]
    public async Task The_live_view_draws_progress_and_keeps_notes()
    {
        await using (var view = new LiveView(TestConsole.Of(_output, ansi: true)))
        {
            view.Note("checkpoint [40] written");
            view.Update(_progress);
        }
        Assert.Contains("checkpoint [40] written", _output.ToString());
        Assert.Contains("Frechet distance", _output.ToString());
    }

    [Fact]
    public void Output_that_is_no_terminal_gets_lines() =>
        Assert.IsType<LineView>(ProgressViews.For(TestConsole.Of(_output, ansi: true), logEverySteps: 1));

    [Fact]
    public void The_summary_names_every_path_unbroken()
    {
        string path = "/" + new string('x', 200) + "/samples.png";
        RunSummaryTable.Print(_output, new RunSummary("r", "finished", 20, 20, TimeSpan.FromSeconds(75), 0.01, 0.002,
            _progress.Losses, _progress.Scores, [("samples", path), ("events", "runs/r/events.jsonl")]));
        Assert.Equal($"""

            r: finished
              steps       20 of 20, this attempt took 1m15s
              waiting     1.0% for data, 0.2% for checkpoints
              loss        total 6.125  ar 5.9  mim 0.1  contrast_step 0.02  contrast_view 0.03
              evaluation  step 30 student: Frechet distance 41.24 (emoji), linear probe 63.0%
              samples     {path}
              events      runs/r/events.jsonl

            """, Written());
    }

    [Theory]
    [InlineData(0.4, "0s")]
    [InlineData(59.6, "1m00s")]
    [InlineData(3725, "1h02m")]
    [InlineData(200_000, "2d07h")]
    public void Durations_read_well(double seconds, string expected) =>
        Assert.Equal(expected, Display.Duration(TimeSpan.FromSeconds(seconds)));

    private void AssertPanel(RunProgress progress, string expected)
    {
        TestConsole.Of(_output, ansi: false).Write(ProgressPanel.Render(progress));
        Assert.Equal(expected, string.Join('\n', Written().Split('\n').Select(line => line.TrimEnd())).TrimEnd());
    }

    private string Written() => _output.ToString().ReplaceLineEndings("\n");
}
