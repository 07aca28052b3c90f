using System.Diagnostics;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// A process that was started here, with what it says. When disposed it is killed, if it still runs, and waited for.
/// </summary>
internal sealed class OsProcess : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Process _process;
    private readonly IDisposable _exit;
    private TaskCompletionSource _news = NewSignal();

    private OsProcess(Process process)
    {
        _process = process;
        Id = process.Id;
        _exit = Cleanup.AtExit(() => Signals.Send(Id, Signals.Kill));
        Exited = ExitAsync();
    }

    public int Id { get; }

    /// <summary>The exit code, after the last line.</summary>
    public Task<int> Exited { get; }

    /// <summary>What it wrote to both outputs so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>Starts a program with one thread for OpenMP, as processes that share two cores need.</summary>
    public static OsProcess Start(string file, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(file)
        {
            RedirectStandardInput = true, // held open: a managed node takes its end for ours
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["GOMP_SPINCOUNT"] = "1000" },
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = new() { StartInfo = start };
        OsProcess started = null!;
        process.OutputDataReceived += (_, line) => started.Heard(line.Data);
        process.ErrorDataReceived += (_, line) => started.Heard(line.Data);
        process.Start();
        started = new OsProcess(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Starts <c>starling</c>, or has <paramref name="prefix"/> start it.</summary>
    public static OsProcess Starling(IEnumerable<string> arguments, params string[] prefix)
    {
        string[] words = [.. prefix, "dotnet", Path.Combine(AppContext.BaseDirectory, "starling.dll"), .. arguments];
        return Start(words[0], words[1..]);
    }

    /// <summary>Waits for a line; fails if the process ends without it.</summary>
    public Task<string> LineAsync(Predicate<string> wanted, TimeSpan timeout) =>
        FindAsync(lines => lines.FirstOrDefault(line => wanted(line)), timeout);

    /// <summary>Waits until something is found in the lines so far; fails if the process ends before.</summary>
    public async Task<T> FindAsync<T>(Func<IReadOnlyList<string>, T?> find, TimeSpan timeout) where T : class
    {
        using CancellationTokenSource limit = new(timeout);
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (find(_lines) is { } found) return found;
                news = _news.Task;
            }
            if (Exited.IsCompleted)
                throw new ChaosException($"ended without the line waited for; it said:\n{string.Join('\n', Lines)}");
            try
            {
                await Task.WhenAny(news, Exited).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new ChaosException($"said nothing of what was waited for in {timeout.TotalSeconds:0} s, but:\n" +
                    string.Join('\n', Lines.TakeLast(20)));
            }
        }
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> ExitAsync(TimeSpan timeout)
    {
        try
        {
            return await Exited.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            throw new ChaosException($"process {Id} did not end in {timeout.TotalSeconds:0} s; it said:\n" +
                string.Join('\n', Lines.TakeLast(20)));
        }
    }

    /// <summary>Runs a program to its end and gives its lines.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(OsProcess process, TimeSpan timeout)
    {
        await using (process)
        {
            int code = await process.ExitAsync(timeout);
            return code == 0 ? process.Lines
                : throw new ChaosException($"exit code {code}:\n{string.Join('\n', process.Lines)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted) Signals.Send(Id, Signals.Kill);
        await Exited;
        _process.Dispose();
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        _exit.Dispose(); // its number may be another's now
        return _process.ExitCode;
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        TaskCompletionSource news;
        lock (_gate)
        {
            _lines.Add(line);
            (news, _news) = (_news, NewSignal());
        }
        news.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
