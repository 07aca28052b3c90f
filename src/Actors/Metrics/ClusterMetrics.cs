using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>The cluster as this node sees it.</summary>
public sealed class ClusterMetrics
{
    private static readonly string[] Statuses = ["joining", "up", "leaving", "exiting", "down"];
    private readonly Gauge _members, _unreachable, _term, _lag, _score, _stragglers;
    private readonly Counter _quarantined, _fenced;

    internal ClusterMetrics(MetricBook book)
    {
        _members = book.Gauge("cluster_members", "Nodes of the cluster as this node sees it, by status", "status");
        _unreachable = book.Gauge("cluster_unreachable", "Nodes that do not answer at present");
        _term = book.Gauge("term", "Number of the supervisor that leads the run");
        _fenced = book.Counter("fenced_commits_total",
            "Checkpoints that were not committed because their generation was over");
        _quarantined = book.Counter("quarantined_total", "Times that the others took this node for dead");
        _lag = book.Gauge("scheduler_lag_seconds",
            "How late this node's last half-second timer was: the early warning for missed heartbeats");
        _score = book.Gauge("straggler_score",
            "Speed of a trainer by the others' median over 20 steps: 0.5 is half as fast; where the supervisor leads",
            "trainer");
        _stragglers = book.Gauge("stragglers", "Trainers that hold up the others; where the supervisor leads");
    }

    /// <summary>Sets the members.</summary>
    /// <param name="statuses">Akka's status of each.</param>
    /// <param name="unreachable">How many do not answer.</param>
    public void Members(IEnumerable<string> statuses, int unreachable)
    {
        ILookup<string, string> found = statuses.ToLookup(s => s, StringComparer.OrdinalIgnoreCase);
        foreach (string status in Statuses) _members.WithLabels(status).Set(found[status].Count());
        _unreachable.Set(unreachable);
    }

    /// <summary>Sets the number of the leading supervisor.</summary>
    public void Term(long number) => _term.Set(number);

    /// <summary>Counts a checkpoint that was refused because its generation was over.</summary>
    public void FencedCommit() => _fenced.Inc();

    /// <summary>Counts a quarantine.</summary>
    public void Quarantined() => _quarantined.Inc();

    /// <summary>Sets the lag of the scheduler.</summary>
    public void Lag(double seconds) => _lag.Set(seconds);

    /// <summary>Sets what the leading supervisor knows of its hosts' speeds; forgets who is not among them.</summary>
    /// <param name="scores">Speed of each host by the others', by name.</param>
    /// <param name="slow">How many hold up the others.</param>
    public void Speeds(IReadOnlyDictionary<string, double> scores, int slow)
    {
        // A name that stayed would raise its alarm for ever: nobody sets the score of one that is gone.
        foreach (string[] gone in _score.GetAllLabelValues().Where(l => !scores.ContainsKey(l[0])).ToArray())
            _score.RemoveLabelled(gone);
        foreach ((string trainer, double score) in scores) _score.WithLabels(trainer).Set(score);
        _stragglers.Set(slow);
    }
}
