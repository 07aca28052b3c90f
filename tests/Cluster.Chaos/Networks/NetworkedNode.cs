using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Networks;

/// <summary>
/// A node on a host of its own, started again whenever it does not end with 0 or 2, as a process manager does.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="host">Its host.</param>
/// <param name="listen">Its <c>--host</c>: the host's address, or a name that leads there.</param>
/// <param name="on">What a command line begins with that is to run on a host.</param>
/// <param name="run">The run's folder.</param>
/// <param name="settings">The run's settings.</param>
internal sealed class NetworkedNode(string name, int host, string listen, Func<int, string[]> on, string run,
    RunSettings settings) : IAsyncDisposable
{
    public const int Port = 4000;

    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(0.5), Timeout = TimeSpan.FromMinutes(2);
    private readonly List<(DateTimeOffset Time, int Code)> _exits = [];
    private readonly Lock _gate = new();
    private OsProcess? _process;
    private bool _ending;
    private Task _keeping = Task.CompletedTask;

    public string Name => name;

    public bool Trains => Role == "trainer";

    public int Host => host;

    /// <summary>As others name it in <c>--seed</c>.</summary>
    public string Seed => $"{listen}:{Port}";

    /// <summary>Ends so far, with exit codes.</summary>
    public IReadOnlyList<(DateTimeOffset Time, int Code)> Exits
    {
        get
        {
            lock (_gate) return [.. _exits];
        }
    }

    /// <summary>Whether it is a member.</summary>
    public bool IsReady => _process is { } p && !p.Exited.IsCompleted &&
        p.Lines.Any(l => l.StartsWith("ready ", StringComparison.Ordinal));

    /// <summary>Starts it.</summary>
    /// <param name="first">Seeds of the first start; none to begin the cluster.</param>
    /// <param name="again">Seeds of all later ones: others only, or it would begin a second cluster.</param>
    public async Task StartAsync(IEnumerable<string> first, IReadOnlyList<string> again)
    {
        _process = Launch([.. first]);
        await _process.LineAsync(l => l.StartsWith("ready ", StringComparison.Ordinal), Timeout);
        _keeping = KeepAsync(again);
    }

    /// <summary>Starts it with the same seeds each time, and does not wait until it is a member.</summary>
    public void Begin(params IReadOnlyList<string> seeds)
    {
        _process = Launch(seeds);
        _keeping = KeepAsync(seeds);
    }

    /// <summary>Waits for a line of its present process.</summary>
    public Task<string> LineAsync(Predicate<string> wanted) => _process!.LineAsync(wanted, Timeout);

    /// <summary>Sends a signal to its present process.</summary>
    public void Signal(int signal) => Signals.Send(_process!.Id, signal);

    /// <summary>SIGKILL, and it is not started again.</summary>
    public async Task DestroyAsync()
    {
        lock (_gate) _ending = true;
        Signal(Signals.Kill);
        await _process!.ExitAsync(Timeout);
        await _keeping;
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        lock (_gate) _ending = true;
        Signals.Send(_process!.Id, Signals.Terminate);
        int code = await _process.ExitAsync(Timeout);
        await _keeping;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _ending = true;
        if (_process is { } process) await process.DisposeAsync();
        await _keeping;
    }

    private string Role => name[..name.IndexOf('-', StringComparison.Ordinal)];

    private async Task KeepAsync(IReadOnlyList<string> seeds)
    {
        while (true)
        {
            int code = await _process!.Exited;
            lock (_gate) _exits.Add((TimeProvider.System.GetUtcNow(), code));
            if (_ending || code is 0 or 2) return;
            await Task.Delay(Backoff);
            await _process.DisposeAsync();
            lock (_gate)
            {
                if (_ending) return;
                _process = Launch(seeds);
            }
        }
    }

    private OsProcess Launch(IReadOnlyList<string> seeds) => OsProcess.Starling(
        [
            "node", "--name", name, "--roles", Trains ? "trainer,loader" : Role,
            "--host", listen, "--port", $"{Port}",
            .. seeds.Count > 0 ? (string[])["--seed", string.Join(',', seeds)] : [],
            "--config", settings.File, "--run", run, "--set", "data.tokenizeOn=loader", "evaluation.enabled=false",
            .. settings.Overrides,
        ],
        on(host));
}
