namespace Starling.Actors.Reporting;

/// <summary>The view of a run whose output is not a terminal: one line every few steps, and every note.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="everySteps">Steps between two lines.</param>
public sealed class LineView(TextWriter output, int everySteps) : IProgressView
{
    private readonly Lock _gate = new();
    private readonly QueuedLines _lines = new(output);
    private long? _shown;

    /// <inheritdoc/>
    public void Update(RunProgress progress)
    {
        // Before the first step, and where another process tells of the steps, there is nothing to show.
        if (progress.Last is null || !progress.TellsSteps) return;
        lock (_gate)
        {
            // The first step of an attempt and the last of the run are always shown. A step is shown once.
            bool due = _shown is not { } shown || progress.Step / everySteps != shown / everySteps ||
                progress.Step >= progress.TotalSteps;
            if (!due || progress.Step == _shown) return;
            _shown = progress.Step;
            _lines.Add(ProgressLine.Render(progress));
        }
    }

    /// <inheritdoc/>
    public void Note(string line) => _lines.Add(line);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();
}
