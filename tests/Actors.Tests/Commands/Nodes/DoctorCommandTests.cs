using System.Net;
using System.Net.Sockets;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Commands.Nodes;

public sealed class DoctorCommandTests : IDisposable
{
    private static readonly string[] Checks =
    [
        "folder", "clock", "data", "files", "room", "memory", "cores", "device", "exchange", "address", "seeds",
    ];

    private readonly TestFolder _folder = new();
    private readonly CommandRunner _runner = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_machine_that_works_gets_a_line_for_each_check_and_nothing_stays_in_the_folder()
    {
        Assert.Equal(0, await RunAsync());
        Assert.Equal(Checks,
            _runner.OutputLines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.DoesNotContain("FAILED", _runner.Output);
        Assert.Contains("renames and locks work", _runner.Output);
        Assert.Contains("3372 images, 9 classes", _runner.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public async Task What_a_run_could_not_work_without_fails_and_the_other_checks_go_on()
    {
        Assert.Equal(2, await RunAsync("--set", "data.files=nowhere.parquet", "tokenizer.path=none.safetensors",
            "training.device=cuda", "cluster.engine=inproc"));
        string Line(string check) => Assert.Single(_runner.OutputLines, l => l.Contains($" {check} "));
        Assert.StartsWith("FAILED", Line("data"));
        Assert.Contains("nowhere.parquet", Line("data"));
        Assert.StartsWith("FAILED", Line("files"));
        Assert.Contains("none.safetensors", Line("files"));
        Assert.StartsWith("FAILED", Line("device"));
        Assert.Contains("training.device = cuda", Line("device"));
        Assert.StartsWith("ok", Line("address"));
    }

    [Fact]
    public async Task A_folder_that_is_a_file_and_a_port_that_is_taken_fail()
    {
        File.WriteAllText(_folder["run"], "");
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Assert.Equal(2, await RunAsync("--port", $"{port}"));
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("FAILED   folder", StringComparison.Ordinal));
        Assert.Contains(_runner.OutputLines,
            l => l.StartsWith("FAILED   address", StringComparison.Ordinal) && l.Contains($"--port {port}"));
    }

    [Fact]
    public async Task A_seed_that_does_not_answer_yet_is_a_warning_and_one_that_cannot_exist_a_failure()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        Assert.Equal(0, await RunAsync("--seed", $"127.0.0.1:{port}"));
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("warning  seeds", StringComparison.Ordinal) &&
            l.Contains($"127.0.0.1:{port}: nobody answers yet"));
        Assert.Equal(2, await RunAsync("--seed", "no host:1"));
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("FAILED   seeds", StringComparison.Ordinal));
    }

    /// <summary>A link to itself cannot be followed: as a file on a disk that fails.</summary>
    [Fact]
    public async Task A_disk_that_may_work_again_asks_for_another_start()
    {
        File.CreateSymbolicLink(_folder["run"], _folder["run"]);
        Assert.Equal(75, await RunAsync());
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("FAILED   folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_does_not_compute_needs_no_device()
    {
        await _runner.RunAsync(["doctor", "--config", "configs/tiny.json", "--run", _folder["run"], "--roles",
            "supervisor", "--set", "monitor.port=0", "training.device=cuda"]);
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("ok       device", StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_threads_than_cores_are_a_warning()
    {
        Assert.Equal(0, await RunAsync("--set", $"training.threads={Environment.ProcessorCount + 1}"));
        Assert.Contains(_runner.OutputLines, l => l.StartsWith("warning  cores", StringComparison.Ordinal));
    }

    private Task<int> RunAsync(params string[] more) => _runner.RunAsync(
        ["doctor", "--config", "configs/tiny.json", "--run", _folder["run"], "--roles", "supervisor,loader,trainer",
        .. more.Contains("--set") ? more : [.. more, "--set", "monitor.port=0"]]);
}
