using Spectre.Console;

namespace Starling.Actors.Reporting;

/// <summary>
/// The view of a run on a terminal: one panel that is redrawn in place, with the notes below one another above it.
/// </summary>
public sealed class LiveView : IProgressView
{
    private readonly LivePanel<RunProgress> _panel;

    /// <summary>Starts drawing.</summary>
    public LiveView(IAnsiConsole console) => _panel = new LivePanel<RunProgress>(console, ProgressPanel.Render);

    /// <inheritdoc/>
    public void Update(RunProgress progress) => _panel.Show(progress);

    /// <inheritdoc/>
    public void Note(string line) => _panel.Note(line);

    /// <summary>Draws what is queued and gives the terminal back.</summary>
    public ValueTask DisposeAsync() => _panel.DisposeAsync();
}
