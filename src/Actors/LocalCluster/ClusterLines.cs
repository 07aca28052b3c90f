using Starling.Actors.Protocol;
using Starling.Actors.Reporting;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// The view of a local cluster whose output is not a terminal: every note, and a line when the run's state has changed
/// enough.
/// </summary>
/// <param name="output">Where the lines go.</param>
/// <param name="everySteps">Steps between two lines.</param>
internal sealed class ClusterLines(TextWriter output, int everySteps) : IClusterView
{
    private readonly Lock _gate = new();
    private readonly QueuedLines _lines = new(output);
    private RunStatus? _shown;
    private HashSet<FaultStatus> _faults = []; // those that the last status had

    /// <inheritdoc/>
    public void Show(ClusterSnapshot snapshot)
    {
        lock (_gate)
            foreach (string line in News(snapshot.Status?.Run)) _lines.Add(line);
    }

    /// <inheritdoc/>
    public void Note(string line) => _lines.Add(line);

    /// <summary>Writes what is queued, as far as the output takes it in time.</summary>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private IEnumerable<string> News(RunStatus? run)
    {
        if (run is null) yield break;
        foreach (FaultStatus fault in run.Faults.Where(fault => !_faults.Contains(fault)))
            yield return FormattableString.Invariant($"fault after step {fault.Step}: {fault.Reason}");
        _faults = [.. run.Faults];
        if (LineIfNews(run) is { } line) yield return line;
    }

    /// <summary>
    /// Renders a line if the generation, the phase or the checkpoint has changed or enough steps were made; otherwise
    /// null.
    /// </summary>
    private string? LineIfNews(RunStatus run)
    {
        bool news = _shown is null || run.Generation != _shown.Generation || run.Phase != _shown.Phase ||
            run.Checkpoint != _shown.Checkpoint || run.Step / everySteps != _shown.Step / everySteps;
        if (!news) return null;
        _shown = run;
        string hosts = string.Join(" ", run.Trainers.Where(t => t.Rank >= 0).OrderBy(t => t.Rank)
            .Select(t => FormattableString.Invariant($"{t.Name}:{t.Replicas.Count}")));
        return FormattableString.Invariant($"step {run.Step}/{run.Steps}  {run.StepsPerSecond:0.00} steps/s  ") +
            FormattableString.Invariant($"{run.Phase}  term {run.Term}  generation {run.Generation}  ") +
            FormattableString.Invariant($"checkpoint {run.Checkpoint}  hosts {hosts}");
    }
}
