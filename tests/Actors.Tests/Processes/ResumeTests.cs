using System.Text.Json;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Processes;

/// <summary>However often a run is interrupted, its last state is that of a run that was not.</summary>
public sealed class ResumeTests(TinyAssets assets, UninterruptedRun uninterrupted) : IClassFixture<UninterruptedRun>,
    IDisposable
{
    private readonly TestFolder _folder = new();

    private string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_interrupt_ends_cleanly_and_the_same_command_goes_on_at_the_exact_step()
    {
        KeyedRandom random = TestSeed.New();
        long reached;
        using (StarlingProcess first = StarlingProcess.Train(assets, Run, UninterruptedRun.Settings))
        {
            await first.StepAsync(1 + random.Below((int)UninterruptedRun.Steps - 5));
            first.Signal(StarlingProcess.Interrupt);
            Assert.Equal(0, await first.ExitAsync());
            reached = Steps(attempt: 1)[^1];
            Assert.Equal(reached < UninterruptedRun.Steps,
                first.Output.Any(line => line.Contains("the same command goes on", StringComparison.Ordinal)));
        }
        Assert.Equal(reached, new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step);

        await FinishAsync();
        if (reached < UninterruptedRun.Steps) Assert.Equal(reached + 1, Steps(attempt: 2)[0]);
        Assert.Equal(uninterrupted.Hash, await StarlingProcess.HashAsync(Run));
    }

    [Theory]
    [InlineData(StarlingProcess.HangUp)]
    [InlineData(StarlingProcess.User1)]
    public async Task A_closed_terminal_and_a_scheduler_s_warning_end_a_run_cleanly(int signal)
    {
        using StarlingProcess process = StarlingProcess.Train(assets, Run, "training.steps=100000");
        await process.StepAsync(1);
        process.Signal(signal);
        Assert.Equal(0, await process.ExitAsync());
        Assert.Equal(Steps(attempt: 1)[^1], new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step);
    }

    [Fact]
    public async Task Kills_at_any_moment_cost_steps_and_no_bit()
    {
        KeyedRandom random = TestSeed.New();
        for (int kill = 0; kill < 3; kill++)
        {
            using StarlingProcess process = StarlingProcess.Train(assets, Run, UninterruptedRun.Settings);
            // Some die while they load, some between two steps, some while a checkpoint is written.
            if (random.Chance(0.8))
            {
                long done = new CheckpointStore(CheckpointPaths.Of(Run)).Latest()?.Step ?? 0;
                await process.StepAsync(Math.Min(done + 1 + random.Below(10), UninterruptedRun.Steps - 1));
            }
            else
            {
                await process.LineAsync(line => line.StartsWith("metrics at", StringComparison.Ordinal));
            }
            process.Signal(StarlingProcess.Kill);
            int exit = await process.ExitAsync();
            // On a machine that stands for a moment the run may have ended before the signal came.
            bool over = new CheckpointStore(CheckpointPaths.Of(Run)).Latest()?.Step == UninterruptedRun.Steps;
            if (!over || exit != 0) Assert.Equal(128 + StarlingProcess.Kill, exit);
        }
        await FinishAsync();
        Assert.Equal(uninterrupted.Hash, await StarlingProcess.HashAsync(Run));
        Assert.DoesNotContain(Directory.GetDirectories(CheckpointPaths.Of(Run)), path =>
            Path.GetFileName(path).StartsWith('.'));
    }

    [Fact]
    public async Task A_flipped_byte_in_the_newest_checkpoint_is_loud_found_by_verify_and_harmless()
    {
        using (StarlingProcess first = StarlingProcess.Train(assets, Run,
            [.. UninterruptedRun.Settings, "training.steps=10"]))
            Assert.Equal(0, await first.ExitAsync());
        string file = Path.Combine(CheckpointPaths.Resolve(Run), "teacher.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(file, bytes);

        (int exitCode, _, IReadOnlyList<string> errors) = await StarlingProcess.RunAsync("checkpoint", "verify", Run);
        Assert.Equal(2, exitCode);
        Assert.Contains("teacher.safetensors", Assert.Single(errors));

        using (StarlingProcess second = StarlingProcess.Train(assets, Run, UninterruptedRun.Settings))
        {
            Assert.Equal(0, await second.ExitAsync());
            Assert.Contains(second.Output, line => line.Contains("teacher.safetensors", StringComparison.Ordinal));
        }
        Assert.Equal(6, Steps(attempt: 2)[0]);
        Assert.Equal(uninterrupted.Hash, await StarlingProcess.HashAsync(Run));
    }

    private async Task FinishAsync()
    {
        using StarlingProcess process = StarlingProcess.Train(assets, Run, UninterruptedRun.Settings);
        Assert.True(await process.ExitAsync() == 0, string.Join('\n', process.Errors));
        Assert.Empty(process.Errors);
    }

    private List<long> Steps(int attempt) =>
        [.. StarlingProcess.Events(Run, "step").Where(e =>
            e.GetProperty("attempt").GetInt32() == attempt).Select(Step)];

    private static long Step(JsonElement e) => e.GetProperty("step").GetInt64();
}
