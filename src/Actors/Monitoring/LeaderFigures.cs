using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>Turns the leading supervisor's state of the run into metrics.</summary>
/// <param name="metrics">Gets the figures.</param>
/// <param name="plannedSteps">Steps of the whole run.</param>
/// <param name="epochOf">Gives the passes over the data after a step.</param>
internal sealed class LeaderFigures(LeaderMetrics metrics, long plannedSteps, Func<long, double> epochOf)
{
    private static readonly string[] Phases = [.. Enum.GetValues<RunPhase>().Select(p => p.Named())];

    private RunState? _known;

    /// <summary>Sets the metrics by what has changed in the state.</summary>
    public void Changed(RunState state)
    {
        RunState? before = _known is { } known && known.Term == state.Term ? known : null;
        _known = state;
        if (before is null) metrics.Lead(state.Term, plannedSteps);
        if (before?.Generation != state.Generation) metrics.Generation(state.Generation);
        if (before?.Phase != state.Phase) metrics.Phase(state.Phase.Named(), Phases);
        if (before?.KnownCheckpoint != state.KnownCheckpoint)
            metrics.Checkpoint(state.KnownCheckpoint, isNew: state.Checkpoint > before?.Checkpoint);
        SetStep(before, state);
        SetHosts(before, state);
        // The state changes many times a step, the speeds only once.
        if (before is null || state.Slow != before.Slow || state.Hosting != before.Hosting) SetSpeeds(state);
    }

    private void SetStep(RunState? before, RunState state)
    {
        // Before the hosts of the first generation are ready, this supervisor does not know the step.
        if (state.Phase is not (RunPhase.Running or RunPhase.Draining)) return;
        bool runs = before?.Phase is RunPhase.Running or RunPhase.Draining && before.Generation == state.Generation;
        if (!runs) metrics.Step(state.Step, epochOf(state.Step));
        else if (state.Step > before!.Step)
            metrics.Committed(state.Step, epochOf(state.Step),
                redone: Math.Max(0, Math.Min(state.Step, before.Furthest) - before.Step));
    }

    private void SetHosts(RunState? before, RunState state)
    {
        if (before is null || state.Hosting != before.Hosting)
            metrics.Hosts(state.Hosting.ToDictionary(h => h.Trainer, h => h.Replicas.Count));
        if (state.Progress == before?.Progress) return;
        foreach (HostedReplicas host in state.Hosting)
        {
            if (state.Progress.TryGetValue(host.Trainer, out HostProgress? progress) && progress.BusySeconds > 0)
                metrics.Busy(host.Trainer, progress.BusySeconds / host.Replicas.Count);
        }
    }

    private void SetSpeeds(RunState state)
    {
        // Until its first step, a generation still has the speeds of the previous generation, whose hosts may be gone.
        Dictionary<string, double> scores = new(state.Slow.Scores.Where(s => state.RankOf(s.Key) >= 0));
        metrics.Speeds(scores, scores.Keys.Count(state.Slow.IsFlagged));
    }
}
