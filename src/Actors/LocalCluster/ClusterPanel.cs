using Spectre.Console;
using Starling.Actors.Reporting;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// The view of a local cluster on a terminal: one panel that is redrawn in place, with the notes above it.
/// </summary>
internal sealed class ClusterPanel : IClusterView
{
    private readonly LivePanel<ClusterSnapshot> _panel;

    /// <summary>Starts drawing.</summary>
    public ClusterPanel(IAnsiConsole console) => _panel = new LivePanel<ClusterSnapshot>(console, Render);

    /// <inheritdoc/>
    public void Show(ClusterSnapshot snapshot) => _panel.Show(snapshot);

    /// <inheritdoc/>
    public void Note(string line) => _panel.Note(line);

    /// <summary>Draws what is queued and gives the terminal back.</summary>
    public ValueTask DisposeAsync() => _panel.DisposeAsync();

    private static Panel Render(ClusterSnapshot s)
    {
        IEnumerable<string> lines = s.Status is { } status ? StatusText.Lines(status) : ["no node answers"];
        return new Panel(new Text(string.Join('\n', [.. lines, "processes", .. s.Processes.Select(p => "  " + p)])))
            .Header(Markup.Escape($" {s.Run} ")).Border(BoxBorder.Rounded);
    }
}
