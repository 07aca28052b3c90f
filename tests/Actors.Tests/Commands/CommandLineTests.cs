using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--help")]
    [InlineData]
    [InlineData("train", "--help")]
    [InlineData("node", "--help")]
    [InlineData("cluster", "--help")]
    [InlineData("cluster", "kill", "--help")]
    [InlineData("status", "--help")]
    [InlineData("sample", "--help")]
    [InlineData("evaluate", "-h")]
    [InlineData("compare", "--help")]
    [InlineData("checkpoint", "hash", "--help")]
    [InlineData("tokenizer", "train", "--help")]
    [InlineData("tokenizer", "reconstruct", "--help")]
    [InlineData("features", "train", "--help")]
    [InlineData("data", "inspect", "--help")]
    public async Task Help_is_everywhere(params string[] args)
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync(args));
        Assert.Contains("Usage:", _runner.Output);
        Assert.Empty(_runner.Error);
    }

    [Theory]
    [InlineData("compare", "--help")]
    [InlineData("train", "--help")]
    [InlineData("train", "--config", "configs/tiny.json", "--dry-run")]
    [InlineData("data", "inspect", "embedded", "--images", "1")]
    public async Task What_exists_for_its_output_fails_without_it(params string[] args)
    {
        CommandRunner runner = new() { Out = new LenientWriter(new BrokenWriter()) };
        Assert.Equal(ExitCodes.Fault, await runner.RunAsync(args));
        Assert.Equal("starling: error: the output cannot be written: no space left", Assert.Single(runner.ErrorLines));
    }

    [Fact]
    public async Task What_makes_something_does_not_need_its_output()
    {
        CommandRunner runner = new() { Out = new LenientWriter(new BrokenWriter()) };
        Assert.Equal(ExitCodes.Success, await runner.RunAsync("tokenizer", "reconstruct", "--images", "1",
            "--out", _folder["grid.png"]));
        Assert.True(File.Exists(_folder["grid.png"]));
        Assert.Empty(runner.Error);
    }

    [Theory]
    [InlineData(true, "checkpoint", "hash", "nowhere")]
    [InlineData(true, "checkpoint", "verify", "nowhere")]
    [InlineData(true, "compare", "nowhere")]
    [InlineData(false, "sample", "--checkpoint", "nowhere")]
    [InlineData(false, "train", "--config", "nowhere.json")]
    public async Task A_signal_ends_the_process_at_once_where_the_command_does_not_look_for_it(
        bool ends, params string[] args)
    {
        await _runner.RunAsync(new CancellationToken(canceled: true), args);
        Assert.Equal(ends, _runner.Ended.Task.IsCompleted);
        if (ends) Assert.Equal(ExitCodes.Interrupted, await _runner.Ended.Task);
    }

    [Theory]
    [InlineData("starling: error: unknown command or option 'trian'; did you mean train?", "trian")]
    [InlineData("starling: error: unknown command or option '--stesp'; did you mean --steps?", "train", "--stesp")]
    [InlineData("starling: error: Cannot parse argument 'x'", "train", "--steps", "x")]
    [InlineData("starling: error: Option '--checkpoint' is required.", "evaluate")]
    [InlineData("starling: error: Required command was not provided.", "checkpoint")]
    [InlineData("starling: error: nowhere.json: no such configuration file", "train", "--config", "nowhere.json")]
    [InlineData("starling: error: --set: training.steps = 0: must be at least 1", "train", "--steps", "0")]
    [InlineData("starling: error: there is no folder", "checkpoint", "hash", "nowhere")]
    [InlineData("starling: error: --node nowhere: must be host:port", "status", "--node", "nowhere")]
    [InlineData("starling: error: no starling cluster runs in nowhere", "cluster", "kill", "x", "--run", "nowhere")]
    [InlineData("starling: error: there is no folder", "sample", "--checkpoint", "nowhere")]
    [InlineData("starling: error: --per-class 0: must be", "sample", "--checkpoint", "x", "--per-class", "0")]
    [InlineData("starling: error: sample: cfg = 0: must be between 1", "sample", "--checkpoint", "x", "--cfg", "0")]
    public async Task A_mistake_is_one_clear_line_and_exit_code_2(string expected, params string[] args)
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync(args));
        Assert.StartsWith(expected, _runner.Error);
        Assert.Single(_runner.ErrorLines, line => line.StartsWith("starling: error:", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", _runner.Error);
        Assert.Empty(_runner.Output);
    }

    [Fact]
    public async Task What_may_be_right_a_little_later_is_one_clear_line_and_exit_code_75()
    {
        _runner.OnTrain = (_, _) => throw new TryAgainException("the name server is away");
        Assert.Equal(ExitCodes.StartAgain, await _runner.RunAsync("train"));
        Assert.Equal("starling: error: the name server is away", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task Every_mistake_of_a_configuration_gets_its_own_line()
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("train", "--set", "sed=1", "training.steps=0"));
        Assert.Equal(2, _runner.ErrorLines.Length);
        Assert.All(_runner.ErrorLines, line => Assert.StartsWith("starling: error: --set: ", line));
    }

    [Fact]
    public async Task Train_hands_the_checked_configuration_to_the_host()
    {
        _runner.OnTrain = (options, request) =>
        {
            Assert.Equal((7L, 3UL, false), (options.Training.Steps, options.Seed, options.Evaluation.Enabled));
            Assert.Equal(new("runs/tiny", Force: true), request);
            return Task.FromResult(42);
        };
        Assert.Equal(42, await _runner.RunAsync(
            "train", "--config", "configs/tiny.json", "--set", "seed=3", "--steps", "7", "--force"));
    }

    [Fact]
    public async Task Train_without_arguments_is_the_quickstart()
    {
        string? run = null;
        _runner.OnTrain = (_, request) => Task.FromResult((run = request.RunFolder) is null ? 1 : 0);
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("train"));
        Assert.Equal("runs/quickstart", run);
    }

    [Fact]
    public async Task A_users_mistake_during_a_run_is_one_line()
    {
        _runner.OnTrain = (_, _) => throw new AggregateException(new StarlingException("a.parquet: is truncated"));
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("train"));
        Assert.Equal(["starling: error: a.parquet: is truncated"], _runner.ErrorLines);
    }

    [Fact]
    public async Task A_fault_leaves_its_details_in_the_run_folder()
    {
        _runner.OnTrain = (_, _) => throw new InvalidOperationException("boom\nmore");
        Assert.Equal(ExitCodes.Fault, await _runner.RunAsync("train", "--run", _folder["run"]));
        string file = Assert.Single(Directory.GetFiles(_folder["run"], "starling-error-*.txt"));
        Assert.Equal(
            $"starling: error: InvalidOperationException: boom; details in {file}", Assert.Single(_runner.ErrorLines));
        Assert.Contains("at Starling.Actors.Tests", await File.ReadAllTextAsync(file));
        if (!OperatingSystem.IsWindows()) // it may lie in a folder for all
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task An_interrupted_command_exits_with_130()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        Assert.Equal(ExitCodes.Interrupted, await _runner.RunAsync(stopped.Token, "train"));
    }
}
