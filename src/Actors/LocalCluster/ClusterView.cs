using System.Threading.Channels;
using Spectre.Console;
using Spectre.Console.Rendering;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Shows a local cluster: a panel redrawn in place on a terminal, lines about what changed elsewhere.
/// </summary>
internal sealed class ClusterView : IAsyncDisposable
{
    private readonly Channel<object> _queue = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly IAnsiConsole _console;
    private readonly int _everySteps;
    private readonly Task _showing;
    private RunStatus? _shown;

    /// <summary>Starts showing.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="everySteps">Steps between two lines, where it is none.</param>
    public ClusterView(IAnsiConsole console, int everySteps)
    {
        _console = console;
        _everySteps = everySteps;
        bool terminal = console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
        _showing = Task.Run(terminal ? DrawAsync : WriteAsync);
    }

    /// <summary>Shows a line that stays.</summary>
    public void Note(string line) => _queue.Writer.TryWrite(line);

    /// <summary>Shows a new state.</summary>
    public void Show(ClusterSnapshot snapshot) => _queue.Writer.TryWrite(snapshot);

    /// <summary>Shows what is left and gives the terminal back.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _showing;
    }

    private Task DrawAsync() => _console.Live(new Text("starting")).StartAsync(async live =>
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            IRenderable? panel = null;
            while (_queue.Reader.TryRead(out object? item))
            {
                if (item is ClusterSnapshot snapshot) panel = Panel(snapshot);
                else _console.MarkupLineInterpolated($"{(string)item}");
            }
            if (panel is not null) live.UpdateTarget(panel);
            live.Refresh();
        }
    });

    private static Panel Panel(ClusterSnapshot s)
    {
        IEnumerable<string> lines = s.Status is { } status ? StatusText.Lines(status) : ["no node answers"];
        return new Panel(new Text(string.Join('\n', [.. lines, "processes", .. s.Processes.Select(p => "  " + p)])))
            .Header(Markup.Escape($" {s.Run} ")).Border(BoxBorder.Rounded);
    }

    private async Task WriteAsync()
    {
        TextWriter output = _console.Profile.Out.Writer;
        await foreach (object item in _queue.Reader.ReadAllAsync())
        {
            string? line = item as string ?? (item is ClusterSnapshot { Status.Run: { } run } ? Changed(run) : null);
            if (line is null) continue;
            await output.WriteLineAsync(line);
            await output.FlushAsync();
        }
    }

    /// <summary>A line, if there is news: a generation, a phase, or enough steps.</summary>
    private string? Changed(RunStatus run)
    {
        bool news = _shown is null || run.Generation != _shown.Generation || run.Phase != _shown.Phase ||
            run.Checkpoint != _shown.Checkpoint || run.Step / _everySteps != _shown.Step / _everySteps;
        if (!news) return null;
        _shown = run;
        string hosts = string.Join(" ", run.Trainers.Where(t => t.Rank >= 0).OrderBy(t => t.Rank)
            .Select(t => FormattableString.Invariant($"{t.Name}:{t.Replicas.Count}")));
        return FormattableString.Invariant($"step {run.Step}/{run.Steps}  {run.StepsPerSecond:0.00} steps/s  ") +
            FormattableString.Invariant($"{run.Phase}  term {run.Term}  generation {run.Generation}  ") +
            FormattableString.Invariant($"checkpoint {run.Checkpoint}  hosts {hosts}");
    }
}
