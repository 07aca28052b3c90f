using System.Globalization;
using System.Text.Json;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Processes;

/// <summary>
/// Any number of signals at any moment ends a run with a checkpoint (0) or at once (130), and never inside libtorch.
/// <c>STARLING_SIGNAL_RUNS=100</c> makes as many runs instead of six.
/// </summary>
public sealed class SignalTests(TinyAssets assets, UninterruptedRun uninterrupted) : IClassFixture<UninterruptedRun>,
    IDisposable
{
    private static readonly int Runs =
        int.Parse(Environment.GetEnvironmentVariable("STARLING_SIGNAL_RUNS") ?? "6", CultureInfo.InvariantCulture);

    private static readonly int[] Signals =
        [StarlingProcess.Interrupt, StarlingProcess.Interrupt, StarlingProcess.Terminate, StarlingProcess.HangUp];

    private readonly TestFolder _folder = new();

    private string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_signals_at_any_moment_end_a_run_cleanly()
    {
        KeyedRandom random = TestSeed.New();
        for (int i = 0; i < Runs; i++)
        {
            using StarlingProcess process = StarlingProcess.Train(assets, Run,
                [.. UninterruptedRun.Settings, "evaluation.enabled=true", "evaluation.everySteps=5"]);
            bool handled = random.Chance(0.8);
            // Before this line the program may not have begun to handle signals. They end it as the system does.
            if (handled) await process.LineAsync(line => line.StartsWith("metrics at", StringComparison.Ordinal));
            List<int> sent = [];
            for (int count = 1 + random.Below(4); count > 0 && !process.HasExited; count--)
            {
                await Task.Delay(random.Below(random.Chance(0.5) ? 50 : 2000), TestContext.Current.CancellationToken);
                sent.Add(Signals[random.Below(Signals.Length)]);
                process.Signal(sent[^1]);
            }
            int code = await process.ExitAsync();
            Assert.True(code is 0 or 130 || (!handled && code == 128 + sent[0]),
                $"run {i}: exit code {code} after the signals {string.Join(", ", sent)}\n" +
                string.Join('\n', process.Errors));
        }
        using StarlingProcess last = StarlingProcess.Train(assets, Run, UninterruptedRun.Settings);
        Assert.True(await last.ExitAsync() == 0, string.Join('\n', last.Errors));
        Assert.Equal(uninterrupted.Hash, await StarlingProcess.HashAsync(Run));
    }

    [Fact]
    public async Task A_second_interrupt_ends_a_step_in_the_middle()
    {
        using StarlingProcess process = StarlingProcess.Train(assets, Run, "training.steps=100000",
            "training.globalBatch=32", "training.replicas=2");
        await process.StepAsync(1);
        process.Signal(StarlingProcess.Interrupt);
        process.Signal(StarlingProcess.Interrupt);
        // The step may have ended between the two.
        Assert.Contains(await process.ExitAsync(), (int[])[0, 130]);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_an_evaluation_s_batch_ends_cleanly()
    {
        // One batch of it takes longer than actors are given to end.
        using StarlingProcess process = StarlingProcess.Train(assets, Run, "training.steps=1", "data.imageSize=256",
            "evaluation.enabled=true", "evaluation.samples=200", "evaluation.batch=200",
            "evaluation.probe.enabled=false");
        await process.LineAsync(line => line.StartsWith("evaluating", StringComparison.Ordinal));
        process.Signal(StarlingProcess.Terminate);
        Assert.Equal(0, await process.ExitAsync());
        Assert.Equal(1, new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step);
        JsonElement ended = Assert.Single(StarlingProcess.Events(Run, "ended"));
        Assert.Equal("completed", ended.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_command_that_only_reads_ends_at_once()
    {
        using StarlingProcess process = StarlingProcess.Start(
            "tokenizer", "reconstruct", "--images", "100000", "--out", _folder["grid.png"]);
        // It says nothing before its end, so the signal comes at some moment of its work or of its start.
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        process.Signal(StarlingProcess.Terminate);
        Assert.Contains(await process.ExitAsync(), (int[])[0, 130, 128 + StarlingProcess.Terminate]);
        Assert.DoesNotContain(_folder["grid.png.new"], Directory.GetFiles(_folder.Path));
    }
}
