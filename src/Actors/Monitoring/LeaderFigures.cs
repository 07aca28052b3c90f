using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Metrics;
using Starling.Data;

namespace Starling.Actors.Monitoring;

/// <summary>Turns the leading supervisor's state of the run into metrics.</summary>
/// <param name="metrics">Gets the figures.</param>
/// <param name="plannedSteps">Steps of the whole run.</param>
/// <param name="epochOf">Gives the passes over the data after a step.</param>
/// <param name="files">What a leader keeps in the run's folder.</param>
/// <param name="clock">The time.</param>
internal sealed class LeaderFigures(
    LeaderMetrics metrics, long plannedSteps, Func<long, double> epochOf, LeaderFiles files, TimeProvider clock)
{
    private static readonly string[] Phases = [.. Enum.GetValues<RunPhase>().Select(p => p.Named())];

    private readonly SteadyClock _clock = new(clock);
    private RunState? _known;
    private RunTimes? _times;
    private Recovery? _recovery;

    /// <summary>Sets the metrics by what has changed in the state.</summary>
    public void Changed(RunState state)
    {
        RunState? before = _known is { } known && known.Term == state.Term ? known : null;
        _known = state;
        if (before is null) Lead(state);
        if (before?.Generation != state.Generation) metrics.Generation(state.Generation);
        if (before?.Phase != state.Phase) metrics.Phase(state.Phase.Named(), Phases);
        if (before?.KnownCheckpoint != state.KnownCheckpoint)
            metrics.Checkpoint(state.KnownCheckpoint, isNew: state.Checkpoint > before?.Checkpoint);
        metrics.EvaluationLag(EvaluationLag(state));
        SetTimes(before, state);
        SetStep(before, state);
        SetHosts(before, state);
        // The state changes many times a step, the speeds only once.
        if (before is null || state.Slow != before.Slow || state.Hosting != before.Hosting) SetSpeeds(state);
    }

    /// <summary>Charges the time that has passed, and has the run's folder looked after.</summary>
    public void Tick()
    {
        if (_times is not { } times) return;
        times.Tick(_clock.Now);
        metrics.Spent(times.Seconds);
        files.Keep(times.Record, metrics);
    }

    /// <summary>Stores the last times.</summary>
    public void Close()
    {
        if (_times is not { } times) return;
        times.Tick(_clock.Now);
        files.Close(times.Record, metrics);
    }

    private void Lead(RunState state)
    {
        metrics.Lead(state.Term, plannedSteps);
        DateTimeOffset now = _clock.Now;
        _times = new RunTimes(files.Earlier(), files.Started, now);
        _recovery = _times.TookOverFrom is { } lost ? new Recovery(RecoveryCause.SupervisorLost, lost) : null;
    }

    private void SetTimes(RunState? before, RunState state)
    {
        DateTimeOffset now = _clock.Now;
        _times!.Changed(state, now);
        if (before is null) return;
        bool ran = before.Phase == RunPhase.Running, isNew = state.Generation > before.Generation;
        if (isNew) metrics.Formed(ReasonOf(before, state));
        bool stopped = ran && (isNew || state.Phase != RunPhase.Running);
        if (stopped && state.Phase is not (RunPhase.Draining or RunPhase.Ended))
        {
            bool joins = isNew && ReasonOf(before, state) == GenerationReason.Joined;
            _recovery = new Recovery(joins ? RecoveryCause.TrainerJoined : RecoveryCause.TrainerLost, now);
        }
        // What all have lost is read from the disk.
        if (_recovery is not null && state is { Phase: RunPhase.Connecting, Connect.FromDisk: true })
            _recovery = _recovery with { Cause = RecoveryCause.AllLost };
        if (ran && state.Phase == RunPhase.Running && state.Step > before.Step && _recovery is { } over)
        {
            metrics.Recovered(over.Cause, (now - over.Since).TotalSeconds);
            _recovery = null;
        }
        if (before.Phase == state.Phase && !isNew) return;
        metrics.Spent(_times.Seconds);
        files.Keep(_times.Record, metrics, isUrgent: true);
    }

    private static GenerationReason ReasonOf(RunState before, RunState state)
    {
        if (before.HostLost || before.ConnectionLost) return GenerationReason.Lost;
        if (before.Blame is not null) return GenerationReason.Failed;
        string[] gone = [.. before.Hosting.Select(h => h.Trainer).Where(t => state.RankOf(t) < 0)];
        if (gone.Length == 0) return GenerationReason.Joined;
        return gone.All(before.Leaving.Contains) ? GenerationReason.Left : GenerationReason.Lost;
    }

    private static long EvaluationLag(RunState state)
    {
        long? oldest = state.Evaluating?.Step ?? (state.ToEvaluate.IsEmpty ? null : state.ToEvaluate[0]);
        return oldest is { } step ? Math.Max(0, state.KnownCheckpoint - step) : 0;
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

    private sealed record Recovery(RecoveryCause Cause, DateTimeOffset Since);
}
