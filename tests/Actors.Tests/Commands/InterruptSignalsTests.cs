using System.Runtime.InteropServices;
using Starling.Actors.Commands;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Commands;

public sealed class InterruptSignalsTests
{
    private readonly StringWriter _error = new();
    private readonly List<int> _exits = [];

    [Fact]
    public async Task The_first_signal_asks_for_a_clean_end_and_the_second_ends_at_once()
    {
        using var signals = new InterruptSignals(_error, _exits.Add);
        var stopped = new TaskCompletionSource();
        signals.Token.Register(stopped.SetResult);

        Assert.True(Send(signals, PosixSignal.SIGINT));
        await stopped.Task;
        Assert.Contains("again to stop at once", _error.ToString());
        Assert.Empty(_exits);

        Assert.True(Send(signals, PosixSignal.SIGTERM));
        Assert.Empty(_exits);
        Send(signals, PosixSignal.SIGINT);
        Assert.Equal([ExitCodes.Interrupted], _exits);
    }

    [Fact]
    public async Task A_stop_is_heard_while_nobody_reads_the_output()
    {
        using BlockedWriter blocked = new();
        using var signals = new InterruptSignals(blocked, _exits.Add);
        var stopped = new TaskCompletionSource();
        signals.Token.Register(stopped.SetResult);
        Task sent = Task.Run(() => Send(signals, PosixSignal.SIGINT));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Send(signals, PosixSignal.SIGINT);
        Assert.Equal([ExitCodes.Interrupted], _exits);
        blocked.Release();
        await sent;
    }

    [Fact]
    public async Task A_managed_process_leaves_an_interrupt_to_its_manager()
    {
        using var signals = new InterruptSignals(_error, _exits.Add, managed: true);
        var stopped = new TaskCompletionSource();
        signals.Token.Register(stopped.SetResult);
        for (int i = 0; i < 2; i++) Assert.True(Send(signals, PosixSignal.SIGINT));
        Assert.False(signals.Token.IsCancellationRequested);
        Assert.Empty(_exits);

        Assert.True(Send(signals, PosixSignal.SIGTERM));
        await stopped.Task;
    }

    private static bool Send(InterruptSignals signals, PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        signals.OnSignal(context);
        return context.Cancel;
    }
}
