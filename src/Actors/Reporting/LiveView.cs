using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Starling.Actors.Reporting;

/// <summary>
/// The view of a run on a terminal: one panel that is redrawn in place, notes below one another above it.
/// </summary>
public sealed class LiveView : IProgressView
{
    private readonly Channel<object> _queue = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly IAnsiConsole _console;
    private readonly Task _drawing;

    /// <summary>Starts drawing.</summary>
    public LiveView(IAnsiConsole console)
    {
        _console = console;
        _drawing = Task.Run(DrawAsync);
    }

    /// <inheritdoc/>
    public void Update(ProgressSnapshot snapshot) => _queue.Writer.TryWrite(snapshot);

    /// <inheritdoc/>
    public void Note(string line) => _queue.Writer.TryWrite(line);

    /// <summary>Draws what is queued and gives the terminal back.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _drawing;
    }

    private Task DrawAsync() => _console.Live(new Text("starting")).StartAsync(async live =>
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            IRenderable? panel = null;
            while (_queue.Reader.TryRead(out object? item))
            {
                // A slow terminal skips snapshots, never notes.
                if (item is ProgressSnapshot snapshot) panel = ProgressPanel.Render(snapshot);
                else _console.MarkupLineInterpolated($"{(string)item}");
            }
            if (panel is not null) live.UpdateTarget(panel);
            live.Refresh();
        }
    });
}
