using System.Runtime.InteropServices;
using Starling.Actors.Protocol;

namespace Starling.Actors.Commands;

/// <summary>
/// Handles Ctrl-C and the signals by which terminals and schedulers end processes: SIGTERM, SIGHUP (a terminal or an
/// ssh connection closes) and SIGUSR1 (Slurm's warning before the time limit). The first of them asks for a clean end,
/// in which a run saves its state. A Ctrl-C after that ends the process at once.
/// </summary>
public sealed class InterruptSignals : IDisposable
{
    /// <summary>.NET has no name for SIGUSR1. Its number is this one on Linux.</summary>
    private const PosixSignal User1 = (PosixSignal)10;

    private readonly CancellationTokenSource _stop = new();
    private readonly TextWriter _error;
    private readonly Action<int> _exit;
    private readonly bool _managed;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to handle the signals.</summary>
    /// <param name="error">Where the user is told what a second Ctrl-C does.</param>
    /// <param name="exit">Ends the process.</param>
    /// <param name="managed">
    /// Whether another process started this one and will stop it. A Ctrl-C on their common terminal reaches both
    /// processes, and this one ignores it.
    /// </param>
    public InterruptSignals(TextWriter error, Action<int> exit, bool managed = false)
    {
        _managed = managed;
        _error = error;
        _exit = exit;
        PosixSignal[] signals = OperatingSystem.IsLinux()
            ? [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, User1]
            : [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    internal void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_managed && context.Signal == PosixSignal.SIGINT) return;
        if (!_stop.IsCancellationRequested)
        {
            // The cancellation runs on another thread, so that its callbacks do not hold up the second signal. It comes
            // before the line, because nobody may read the output: then this thread waits for ever.
            _ = _stop.CancelAsync();
            if (context.Signal == PosixSignal.SIGINT)
                _error.WriteLine("stopping cleanly; press Ctrl-C again to stop at once");
        }
        else if (context.Signal == PosixSignal.SIGINT)
        {
            _exit(ExitCodes.Interrupted);
        }
    }
}
