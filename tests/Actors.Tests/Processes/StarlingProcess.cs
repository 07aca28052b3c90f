using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Processes;

/// <summary>The program as a process of its own, as a user starts it. Killed, if still alive, when disposed.</summary>
internal sealed partial class StarlingProcess : IDisposable
{
    public const int HangUp = 1, Interrupt = 2, Kill = 9, User1 = 10, Terminate = 15;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    private readonly Lock _gate = new();
    private readonly List<string> _output = [], _errors = [];
    private readonly List<(Predicate<string> Wanted, TaskCompletionSource<string> Seen)> _waiting = [];
    private readonly Process _process;

    private StarlingProcess(IEnumerable<string> arguments, string? shell = null)
    {
        ProcessStartInfo start = new(shell is null ? "dotnet" : "sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["GOMP_SPINCOUNT"] = "1000" },
        };
        string[] before = shell is null ? [] : ["-c", $"exec \"$@\" {shell}", "sh", "dotnet"];
        foreach (string word in before) start.ArgumentList.Add(word);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "starling.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Lines of standard output so far.</summary>
    public IReadOnlyList<string> Output => Copy(_output);

    /// <summary>Lines of standard error so far.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    public static StarlingProcess Start(params IEnumerable<string> arguments) => new(arguments);

    /// <summary>Starts <c>starling train</c> on the tiny run, with a line of output for every step.</summary>
    public static StarlingProcess Train(TinyAssets assets, string run, params IEnumerable<string> settings) =>
        new(Training(assets, run, settings));

    /// <summary>Starts a command with its output redirected as a shell does it: <c>&gt; /dev/full</c>.</summary>
    public static StarlingProcess Redirected(string redirection, params IEnumerable<string> arguments) =>
        new(arguments, redirection);

    /// <summary>The arguments of <c>starling train</c> on the tiny run.</summary>
    public static IReadOnlyList<string> Training(
        TinyAssets assets, string run, params IEnumerable<string> settings) =>
        ["train", "--config", "configs/tiny.json", "--run", run, "--set", .. RunBench.Settings(assets), .. settings];

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> RunAsync(
        params IEnumerable<string> arguments)
    {
        using StarlingProcess process = new(arguments);
        int exitCode = await process.ExitAsync();
        return (exitCode, process.Output, process.Errors);
    }

    /// <summary>What <c>checkpoint hash</c> prints on its last line.</summary>
    public static async Task<string> HashAsync(string run)
    {
        (int exitCode, IReadOnlyList<string> output, IReadOnlyList<string> errors) = await RunAsync("checkpoint",
            "hash", run);
        Assert.True(exitCode == 0, string.Join('\n', errors));
        return output[^1];
    }

    /// <summary>Waits for a line of output; fails at once if the process ends without it.</summary>
    public async Task<string> LineAsync(Predicate<string> wanted)
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_output.Find(wanted) is { } line) return line;
            _waiting.Add((wanted, seen));
        }
        Task ended = ExitAsync();
        Assert.True(await Task.WhenAny(seen.Task, ended) == seen.Task || seen.Task.IsCompleted,
            $"ended without the line; it said: {string.Join('\n', [.. Output, .. Errors])}");
        return await seen.Task;
    }

    /// <summary>Waits until a step has been made.</summary>
    public Task StepAsync(long step) => LineAsync(line =>
        line.StartsWith("step ", StringComparison.Ordinal) &&
        long.Parse(line.AsSpan(5, line.IndexOf('/', StringComparison.Ordinal) - 5),
            CultureInfo.InvariantCulture) >= step);

    /// <summary>Sends a signal, if the process still runs. The program <c>kill</c> is not on every machine.</summary>
    public void Signal(int signal)
    {
        if (!_process.HasExited) _ = SystemKill(_process.Id, signal);
    }

    /// <summary>Waits for the end, and for the last line of both outputs.</summary>
    public async Task<int> ExitAsync()
    {
        using CancellationTokenSource timeout = new(Timeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Lines of a run's event log.</summary>
    public static IReadOnlyList<JsonElement> Events(string run, string name) =>
        [.. File.ReadLines(Path.Combine(run, "events.jsonl"))
            .Where(line => line.EndsWith('}')) // kill -9 may have torn one
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => e.GetProperty("event").GetString() == name)];

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Timeout); // its files may be deleted next
        }
        _process.Dispose();
    }

    private void Heard(List<string> lines, string? line)
    {
        if (line is null) return;
        List<TaskCompletionSource<string>> fulfilled = [];
        lock (_gate)
        {
            lines.Add(line);
            if (lines == _output) fulfilled = [.. _waiting.Where(w => w.Wanted(line)).Select(w => w.Seen)];
        }
        foreach (TaskCompletionSource<string> seen in fulfilled) seen.TrySetResult(line);
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_gate) return [.. lines];
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SystemKill(int process, int signal);
}
