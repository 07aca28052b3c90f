namespace Starling.Actors.Reporting;

/// <summary>The view of a run whose output is not a terminal: one line every so many steps, and every note.</summary>
/// <param name="output">Where to.</param>
/// <param name="everySteps">Steps between two lines.</param>
public sealed class LineView(TextWriter output, int everySteps) : IProgressView
{
    private readonly Lock _gate = new();
    private long? _shown;

    /// <inheritdoc/>
    public void Update(ProgressSnapshot snapshot)
    {
        if (snapshot.Losses.Count == 0) return; // nothing learned yet, nothing to show
        lock (_gate)
        {
            // The first step of an attempt and the last of the run are always shown. A step is shown once.
            bool due = _shown is not { } shown || snapshot.Step / everySteps != shown / everySteps ||
                snapshot.Step >= snapshot.TotalSteps;
            if (!due || snapshot.Step == _shown) return;
            _shown = snapshot.Step;
            output.WriteLine(ProgressLine.Render(snapshot));
        }
    }

    /// <inheritdoc/>
    public void Note(string line)
    {
        lock (_gate) output.WriteLine(line);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate) output.Flush();
        return ValueTask.CompletedTask;
    }
}
