using Spectre.Console;
using Starling.Actors.Reporting;

namespace Starling.Actors.Tests.Reporting;

public sealed class ProgressViewTests
{
    private readonly StringWriter _output = new();
    private readonly ProgressSnapshot _snapshot = new()
    {
        Run = "r[1]",
        Step = 40,
        TotalSteps = 1000,
        Losses = [new LossPart("total", 6.125), new LossPart("ar", 5.9), new LossPart("mim", 0.1)],
        GradientNorm = 0.8,
        LearningRate = 0.001,
        ImagesPerSecond = 41.23,
        DataWaitRatio = 0.004,
        CheckpointStep = 30,
        CheckpointAge = TimeSpan.FromSeconds(12),
        Eta = TimeSpan.FromSeconds(242),
        MetricsAddress = new Uri("http://127.0.0.1:8080/"),
        Scores = [new EvaluationScore(30, "student", "emoji", 41.24, 0.63)],
    };

    [Fact]
    public void A_line_holds_what_a_log_needs() => Assert.Equal(
        "step 40/1000 4.0%  loss 6.125 (ar 5.9 mim 0.1)  grad 0.8  lr 0.001  41.23 images/s  data wait 0.4%  " +
        "checkpoint 30  eta 4m02s",
        ProgressLine.Render(_snapshot));

    [Fact]
    public async Task Lines_come_every_so_many_steps_with_the_first_and_the_last()
    {
        await using (var view = new LineView(_output, everySteps: 10))
        {
            view.Note("resumed");
            for (int step = 4; step <= 25; step++)
            {
                view.Update(_snapshot with { Step = step, TotalSteps = 25 });
                view.Update(_snapshot with { Step = step, TotalSteps = 25 });
            }
        }
        string[] lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["resumed", "step 4/25", "step 10/25", "step 20/25", "step 25/25"],
            lines.Select(l => string.Join(' ', l.Split(' ').Take(2))));
    }

    [Fact]
    public void The_panel_shows_everything()
    {
        Console(ansi: false).Write(ProgressPanel.Render(_snapshot));
        string text = _output.ToString();
        string[] parts =
        [
            "r[1]: training", "40 / 1000", "4.0%", "total 6.125", "mim 0.1", "norm 0.8", "41.23 images/s",
            "data wait 0.4%", "step 30, 12s ago", "Frechet distance 41.24 (emoji)", "linear probe 63.0%", "4m02s",
            "http://127.0.0.1:8080/metrics",
        ];
        foreach (string expected in parts) Assert.Contains(expected, text);
    }

    [Fact]
    public async Task The_live_view_draws_snapshots_and_keeps_notes()
    {
        await using (var view = new LiveView(Console(ansi: true)))
        {
            view.Note("checkpoint [40] written");
            view.Update(_snapshot);
        }
        Assert.Contains("checkpoint [40] written", _output.ToString());
        Assert.Contains("Frechet distance", _output.ToString());
    }

    [Fact]
    public void Output_that_is_no_terminal_gets_lines() =>
        Assert.IsType<LineView>(ProgressViews.For(Console(ansi: true), logEverySteps: 1));

    [Fact]
    public void The_summary_names_every_path_unbroken()
    {
        string path = "/" + new string('x', 200) + "/samples.png";
        RunSummaryTable.Print(_output, new RunSummary("r", "finished", 20, 20, TimeSpan.FromSeconds(75), 0.01, 0.002,
            _snapshot.Losses, _snapshot.Scores, [("samples", path), ("events", "runs/r/events.jsonl")]));
        string text = _output.ToString();
        Assert.Contains("r: finished", text);
        Assert.Contains("20 of 20, this attempt took 1m15s", text);
        Assert.Contains(path, text);
        Assert.Contains("step 30 student: Frechet distance 41.24 (emoji), linear probe 63.0%", text);
    }

    [Theory]
    [InlineData(0.4, "0s")]
    [InlineData(59.6, "1m00s")]
    [InlineData(3725, "1h02m")]
    [InlineData(200_000, "2d07h")]
    public void Durations_read_well(double seconds, string expected) =>
        Assert.Equal(expected, Display.Duration(TimeSpan.FromSeconds(seconds)));

    private IAnsiConsole Console(bool ansi)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_output),
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 120;
        return console;
    }
}
