using System.Threading.Channels;
using Starling.Actors.Protocol;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// The view of a local cluster whose output is not a terminal: every note, and a line when the run's state has changed
/// enough. A background task writes, so callers never wait for the output.
/// </summary>
internal sealed class ClusterLines : IClusterView
{
    private readonly Channel<object> _queue = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly TextWriter _output;
    private readonly int _everySteps;
    private readonly Task _writing;
    private RunStatus? _shown;
    private HashSet<FaultStatus> _faults = []; // those that the last status had

    /// <summary>Starts writing.</summary>
    /// <param name="output">Where the lines go.</param>
    /// <param name="everySteps">Steps between two lines.</param>
    public ClusterLines(TextWriter output, int everySteps)
    {
        _output = output;
        _everySteps = everySteps;
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public void Show(ClusterSnapshot snapshot) => _queue.Writer.TryWrite(snapshot);

    /// <inheritdoc/>
    public void Note(string line) => _queue.Writer.TryWrite(line);

    /// <summary>Writes what is queued. Never throws for a failure to write.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (object item in _queue.Reader.ReadAllAsync())
            {
                foreach (string line in item is ClusterSnapshot snapshot ? News(snapshot.Status?.Run) : [(string)item])
                    await _output.WriteLineAsync(line);
                await _output.FlushAsync();
            }
        }
        catch (Exception)
        {
            // The output takes no lines any more, so nothing can be shown, and the run must not end for that.
            _queue.Writer.TryComplete();
        }
    }

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
