using Prometheus;
using Starling.Data;

namespace Starling.Actors.Metrics;

/// <summary>
/// The facts of the run, exported where its supervisor leads, and only there. So they stay when all trainers have died.
/// One thread sets them; <see cref="SinceStep"/> may be read by any thread.
/// </summary>
public sealed class LeaderMetrics
{
    private readonly MetricBook _book;
    private readonly TimeProvider _time;
    private readonly Gauge _step, _planned, _epoch, _lastStep, _term, _generation, _phase, _checkpoint, _checkpointTime,
        _score, _stragglers, _replicas, _seconds, _free, _lag;
    private readonly Counter _redone, _spent, _generations;
    private readonly Histogram _recovery;
    private long _led; // timestamp of the last committed step, or else of the beginning of this lead; 0 without a lead

    internal LeaderMetrics(MetricBook book, TimeProvider time)
    {
        (_book, _time) = (book, time);
        _step = book.Gauge(Exporter.Leader, "step", "Last committed optimizer step");
        _planned = book.Gauge(Exporter.Leader, "planned_steps", "Steps of the whole run");
        _epoch = book.Gauge(Exporter.Leader, "epoch", "Passes over the training images so far, with fraction");
        _lastStep = book.Gauge(Exporter.Leader, "last_step_timestamp_seconds",
            "When the last step was committed (Unix time)");
        _redone = book.Counter(Exporter.Leader, "redone_steps_total",
            "Steps that were committed again, after the states in all memories were lost");
        _spent = book.Counter(Exporter.Leader, "run_seconds_total",
            "Wall time since the run's first start by what it was spent on, over all restarts", "state",
            [.. Enum.GetValues<RunActivity>().Select(a => a.Named())]);
        _phase = book.Gauge(Exporter.Leader, "run_phase", "1 for the phase that the run is in, 0 for the others",
            "phase");
        _term = book.Gauge(Exporter.Leader, "term", "Number of the supervisor that leads the run");
        _generation = book.Gauge(Exporter.Leader, "generation", "Number of the current membership decision");
        _generations = book.Counter(Exporter.Leader, "generations_total",
            "Generations that were formed, by what made it necessary", "reason",
            [.. Enum.GetValues<GenerationReason>().Select(r => r.Named())]);
        _recovery = book.Seconds(Exporter.Leader, "recovery_seconds",
            "Time from a fault, or from a trainer's arrival, to the next committed step", "cause");
        _checkpoint = book.Gauge(Exporter.Leader, "checkpoint_last_good_step", "Step of the last committed checkpoint");
        _checkpointTime = book.Gauge(Exporter.Leader, "checkpoint_timestamp_seconds",
            "When the last checkpoint was committed (Unix time)");
        _free = book.Gauge(Exporter.Leader, "run_folder_free_bytes", "Free space where the run's folder is");
        _lag = book.Gauge(Exporter.Leader, "evaluation_lag_steps",
            "Steps from the oldest checkpoint that waits for its evaluation to the newest checkpoint; 0 if none waits");
        _replicas = book.Gauge(Exporter.Leader, "replicas", "Replicas that a trainer hosts", "trainer");
        _seconds = book.Gauge(Exporter.Leader, "trainer_seconds",
            "Time of a trainer's own work for one replica in its last step, without exchanges", "trainer");
        _score = book.Gauge(Exporter.Leader, "straggler_score",
            "Speed of a trainer by the others' median over 20 steps: 0.5 is half as fast", "trainer");
        _stragglers = book.Gauge(Exporter.Leader, "stragglers", "Trainers that hold up the others");
    }

    /// <summary>Time since the last committed step under this lead, or since it began; null if it has not.</summary>
    public TimeSpan? SinceStep =>
        Interlocked.Read(ref _led) is var since and not 0 ? _time.GetElapsedTime(since) : null;

    /// <summary>
    /// Notes that this node's supervisor leads, and sets the numbers that a lead has from its start. A lead ends with
    /// the node's process.
    /// </summary>
    /// <param name="term">The supervisor's number.</param>
    /// <param name="plannedSteps">Steps of the whole run.</param>
    public void Lead(long term, long plannedSteps)
    {
        _book.Begin(Exporter.Leader);
        Interlocked.CompareExchange(ref _led, _time.GetTimestamp(), 0);
        _term.Set(term);
        _planned.Set(plannedSteps);
    }

    /// <summary>Sets the number of the present generation.</summary>
    public void Generation(long number) => _generation.Set(number);

    /// <summary>Sets the time that was spent on each activity since the run's first start.</summary>
    /// <param name="seconds">Seconds, in the order of <see cref="RunActivity"/>.</param>
    internal void Spent(IReadOnlyList<double> seconds)
    {
        foreach (RunActivity activity in Enum.GetValues<RunActivity>())
            _spent.WithLabels(activity.Named()).IncTo(seconds[(int)activity]);
    }

    /// <summary>Counts a generation that is formed.</summary>
    internal void Formed(GenerationReason reason) => _generations.WithLabels(reason.Named()).Inc();

    /// <summary>Records how long the steps of the run were stopped.</summary>
    internal void Recovered(RecoveryCause cause, double seconds) =>
        _recovery.WithLabels(cause.Named()).Observe(seconds);

    /// <summary>Sets the free space where the run's folder is.</summary>
    public void FreeBytes(long bytes) => _free.Set(bytes);

    /// <summary>Sets by how many steps the evaluations are behind the checkpoints.</summary>
    public void EvaluationLag(long steps) => _lag.Set(steps);

    /// <summary>Sets the phase of the run.</summary>
    /// <param name="phase">Its name.</param>
    /// <param name="all">The names of all phases.</param>
    public void Phase(string phase, IEnumerable<string> all)
    {
        foreach (string name in all) _phase.WithLabels(name).Set(name == phase ? 1 : 0);
    }

    /// <summary>Sets the step that the run is at, and the epoch, without a commit.</summary>
    public void Step(long step, double epoch)
    {
        _step.Set(step);
        _epoch.Set(epoch);
    }

    /// <summary>Records committed steps.</summary>
    /// <param name="step">The last one.</param>
    /// <param name="epoch">Passes over the data so far.</param>
    /// <param name="redone">How many of them had been committed before.</param>
    public void Committed(long step, double epoch, long redone)
    {
        Step(step, epoch);
        Interlocked.Exchange(ref _led, _time.GetTimestamp());
        _lastStep.Set(Now());
        _redone.Inc(redone);
    }

    /// <summary>Sets the last checkpoint's step; −1 for none.</summary>
    /// <param name="step">Its step.</param>
    /// <param name="isNew">Whether it was committed just now, and not under an earlier supervisor.</param>
    public void Checkpoint(long step, bool isNew)
    {
        if (step < 0) return;
        _checkpoint.Set(step);
        if (isNew) _checkpointTime.Set(Now());
    }

    /// <summary>Sets how many replicas each host has, and removes all other trainers.</summary>
    public void Hosts(IReadOnlyDictionary<string, int> replicas)
    {
        foreach (Gauge gauge in (Gauge[])[_replicas, _seconds]) Keep(gauge, replicas.ContainsKey);
        foreach ((string trainer, int count) in replicas) _replicas.WithLabels(trainer).Set(count);
    }

    /// <summary>Sets the seconds of a host's own work for one replica.</summary>
    public void Busy(string trainer, double seconds) => _seconds.WithLabels(trainer).Set(seconds);

    /// <summary>Sets the speeds of the present hosts, and removes all others.</summary>
    /// <param name="scores">By name of a host: its speed divided by the median speed of the other hosts.</param>
    /// <param name="slow">Number of hosts that hold up the other hosts.</param>
    public void Speeds(IReadOnlyDictionary<string, double> scores, int slow)
    {
        Keep(_score, scores.ContainsKey);
        foreach ((string trainer, double score) in scores) _score.WithLabels(trainer).Set(score);
        _stragglers.Set(slow);
    }

    /// <summary>
    /// Removes the series of trainers that are gone: they are never set again, so an alarm on one would never end.
    /// </summary>
    private static void Keep(Gauge gauge, Func<string, bool> isThere)
    {
        foreach (string[] gone in gauge.GetAllLabelValues().Where(l => !isThere(l[0])).ToArray())
            gauge.RemoveLabelled(gone);
    }

    private double Now() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
}
