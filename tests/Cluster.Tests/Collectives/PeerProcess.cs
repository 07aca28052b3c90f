using System.Diagnostics;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Tests.Collectives;

/// <summary>
/// A <c>starling-peer</c> process. Killed, if still alive, when disposed; ends by itself with its input.
/// </summary>
internal sealed class PeerProcess : IDisposable
{
    public const int Kill = 9, Stop = 19, Continue = 18;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private readonly Process _process;

    public PeerProcess()
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["GOMP_SPINCOUNT"] = "1000" },
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "starling-peer.dll"));
        _process = Process.Start(start)!;
    }

    /// <summary>Gives a command; its answers are the next lines.</summary>
    public void Tell(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    /// <summary>The next line.</summary>
    public async Task<string> AnswerAsync()
    {
        using CancellationTokenSource timeout = new(Timeout);
        return await _process.StandardOutput.ReadLineAsync(timeout.Token)
            ?? throw new EndOfStreamException("the process ended");
    }

    /// <summary>Gives a command and waits for its answer.</summary>
    public async Task<string> AskAsync(string command)
    {
        Tell(command);
        return await AnswerAsync();
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Closes its input and waits for its end.</summary>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource timeout = new(Timeout);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Timeout);
        _process.Dispose();
    }
}
