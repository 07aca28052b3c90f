using System.Diagnostics;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Processes;

/// <summary>What a run shows of itself while it goes on, and when its disk is full.</summary>
public sealed class WatchingTests(TinyAssets assets) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_and_health_can_be_read_while_a_run_trains_and_evaluates()
    {
        using StarlingProcess process = StarlingProcess.Train(assets, _folder["run"], "training.steps=100000",
            "evaluation.enabled=true", "evaluation.everySteps=4");
        await process.LineAsync(line => line.StartsWith("for comparison:", StringComparison.Ordinal));
        using HttpClient client = new() { BaseAddress = await AddressAsync(process), Timeout = Timeout };
        string metrics = await client.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        Assert.All((string[])
        [
            "starling_step ", "starling_planned_steps 100000", "starling_last_step_timestamp_seconds ",
            "starling_run_phase{phase=\"running\"} 1", "starling_run_phase{phase=\"ended\"} 0",
            "starling_loss ", "starling_loss_part{part=\"ar\"} ", "starling_loss_part{part=\"mim\"} ",
            "starling_loss_part{part=\"contrast_step\"} ", "starling_loss_part{part=\"contrast_view\"} ",
            "starling_grad_norm ", "starling_key_similarity ",
            "starling_images_total ", "starling_tokens_total ", "starling_step_seconds_count ",
            "starling_step_phase_seconds_count{phase=\"tokenize\"} ",
            "starling_step_phase_seconds_count{phase=\"backward\"} ",
            "starling_step_phase_seconds_sum{phase=\"data\"} ",
            "starling_data_wait_ratio ", "starling_data_wait_seconds_total ",
                "starling_queue_depth{stage=\"trainer\"} ",
            "starling_queue_capacity{stage=\"trainer\"} ", "starling_queue_depth{stage=\"batches\"} ",
            "starling_checkpoint_timestamp_seconds ", "starling_checkpoint_last_good_step ",
            "starling_checkpoint_blocked_ratio ", "starling_checkpoint_failures_total{reason=\"disk_full\"} 0",
            "starling_nonfinite_steps_total{action=\"skipped\"} 0", "starling_replicas{trainer=\"node-0\"} 8",
            "starling_trainer_seconds{trainer=\"node-0\"} ", "starling_node_info{node=\"node-0\",roles=\"",
            "starling_checkpoint_seconds_count{phase=\"write\"} ",
                "starling_eval_frechet_distance{", "starling_eval_linear_probe_ratio{",
            "starling_tensors_live ", "starling_build_info{", "starling_run_info{", "starling_generation ",
        ], name => Assert.Contains("\n" + name, metrics));
        Assert.Equal("OK",
            (await client.GetAsync("healthz/live", TestContext.Current.CancellationToken)).StatusCode.ToString());
        Assert.Equal("OK",
            (await client.GetAsync("healthz/ready", TestContext.Current.CancellationToken)).StatusCode.ToString());
        process.Signal(StarlingProcess.Interrupt);
        Assert.Equal(0, await process.ExitAsync());
    }

    [Fact]
    public async Task A_full_disk_costs_checkpoints_and_not_the_run()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"]);
        string run = Path.Combine(disk.Folder, "run");
        // Room for some checkpoints, then for none: training goes on, and the alarm is raised.
        using StarlingProcess process = StarlingProcess.Train(assets, run, "training.steps=100000",
            "checkpoint.everySteps=2", "checkpoint.keepLatest=10000");
        await process.LineAsync(line => line.Contains("could not be written", StringComparison.Ordinal));
        long failedAt = StepsShown(process);
        await process.StepAsync(failedAt + 3);
        using HttpClient client = new() { BaseAddress = await AddressAsync(process), Timeout = Timeout };
        string metrics = await client.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Matches("starling_checkpoint_failures_total\\{[^}]*disk_full[^}]*\\} [1-9]", metrics);
        process.Signal(StarlingProcess.Kill);
        await process.ExitAsync();

        CheckpointStore store = new(CheckpointPaths.Of(run));
        Assert.NotEmpty(store.List());
        Assert.All(store.List(), e => Assert.Empty(store.Verify(e.Step)));
    }

    [Fact]
    public async Task A_last_checkpoint_for_which_there_is_no_room_is_a_fault_and_not_a_mistake()
    {
        using SmallDisk disk = SmallDisk.Mount(_folder["disk"]);
        string run = Path.Combine(disk.Folder, "run");
        using StarlingProcess process = StarlingProcess.Train(assets, run, "training.steps=60",
            "checkpoint.everySteps=2", "checkpoint.keepLatest=10000");
        Assert.Equal(1, await process.ExitAsync());
        Assert.Contains("the last checkpoint (step 60) could not be written", Assert.Single(process.Errors));
    }

    private static async Task<Uri> AddressAsync(StarlingProcess process)
    {
        string line = await process.LineAsync(l => l.StartsWith("metrics at ", StringComparison.Ordinal));
        return new Uri(line.Split(' ')[2][..^"metrics".Length]);
    }

    private static long StepsShown(StarlingProcess process) =>
        process.Output.Count(line => line.StartsWith("step ", StringComparison.Ordinal));

    /// <summary>A file system of one mebibyte; needs root, as mounting does.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string folder) => Folder = folder;

        public string Folder { get; }

        public static SmallDisk Mount(string folder)
        {
            Directory.CreateDirectory(folder);
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
                "mounting a small disk needs root on Linux");
            Assert.SkipUnless(Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) == 0,
                "mounting is not permitted here");
            return new SmallDisk(folder);
        }

        public void Dispose() => Assert.Equal(0, Command("umount", Folder));

        private static int Command(string name, params string[] arguments)
        {
            using Process process = Process.Start(name, arguments);
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
