using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Starling.Actors.Reporting;

/// <summary>
/// Shows a state on a terminal as one panel that is redrawn in place, with lines that stay above the panel. A
/// background task draws, so callers never wait for the terminal. A failure to draw ends the panel, never the run: the
/// failure is shown once as a line, and later lines are written without a panel. Thread-safe.
/// </summary>
/// <typeparam name="TState">What the panel shows.</typeparam>
internal sealed class LivePanel<TState> : IAsyncDisposable
    where TState : class
{
    private readonly Channel<object> _queue = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly IAnsiConsole _console;
    private readonly Func<TState, IRenderable> _render;
    private readonly Task _drawing;

    /// <summary>Starts drawing.</summary>
    /// <param name="console">A terminal on which <see cref="TerminalConsole.CanRedraw"/> is true.</param>
    /// <param name="render">Makes the panel of a state. The drawing task calls it.</param>
    public LivePanel(IAnsiConsole console, Func<TState, IRenderable> render)
    {
        _console = console;
        _render = render;
        _drawing = Task.Run(RunAsync);
    }

    /// <summary>Queues a state. A slow terminal skips all states but the newest.</summary>
    public void Show(TState state) => _queue.Writer.TryWrite(state);

    /// <summary>Queues a line that stays above the panel. No line is skipped.</summary>
    public void Note(string line) => _queue.Writer.TryWrite(line);

    /// <summary>Draws what is queued and gives the terminal back. Never throws for a failure to draw.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _drawing;
    }

    private async Task RunAsync()
    {
        try
        {
            await _console.Live(new Text("starting")).StartAsync(DrawAsync);
        }
        catch (Exception e)
        {
            await WriteLinesAsync($"the panel could not be drawn and is not shown any more: {e.Message}");
        }
    }

    private async Task DrawAsync(LiveDisplayContext live)
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            TState? newest = null;
            while (_queue.Reader.TryRead(out object? item))
            {
                if (item is TState state) newest = state;
                else _console.MarkupLineInterpolated($"{(string)item}");
            }
            if (newest is not null) live.UpdateTarget(_render(newest));
            live.Refresh();
        }
    }

    private async Task WriteLinesAsync(string failure)
    {
        try
        {
            _console.WriteLine(failure);
            await foreach (object item in _queue.Reader.ReadAllAsync())
                if (item is string line) _console.WriteLine(line);
        }
        catch (Exception)
        {
            // The terminal does not even take lines, so nothing can be shown. Further lines are not worth queueing.
            _queue.Writer.TryComplete();
        }
    }
}
