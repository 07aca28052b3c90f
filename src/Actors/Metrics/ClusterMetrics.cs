using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the cluster as this node sees it.</summary>
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

    /// <summary>Sets the number of members of each status.</summary>
    /// <param name="statuses">Akka's status of each member.</param>
    /// <param name="unreachable">Number of members that do not answer.</param>
    public void Members(IEnumerable<string> statuses, int unreachable)
    {
        ILookup<string, string> found = statuses.ToLookup(s => s, StringComparer.OrdinalIgnoreCase);
        foreach (string status in Statuses) _members.WithLabels(status).Set(found[status].Count());
        _unreachable.Set(unreachable);
    }

    /// <summary>Sets the term: the number of the leading supervisor.</summary>
    public void Term(long number) => _term.Set(number);

    /// <summary>Counts a checkpoint that was refused because its generation was over.</summary>
    public void FencedCommit() => _fenced.Inc();

    /// <summary>Counts an event in which other nodes took this node for dead.</summary>
    public void Quarantined() => _quarantined.Inc();

    /// <summary>Sets how many seconds the last timer was late.</summary>
    public void Lag(double seconds) => _lag.Set(seconds);

    /// <summary>
    /// Sets the speeds of the present hosts as the leading supervisor knows them, and removes all others.
    /// </summary>
    /// <param name="scores">By name of a host: its speed divided by the median speed of the other hosts.</param>
    /// <param name="slow">Number of hosts that hold up the other hosts.</param>
    public void Speeds(IReadOnlyDictionary<string, double> scores, int slow)
    {
        // The score of a host that is gone is never set again, so an alarm on that score would never end.
        foreach (string[] gone in _score.GetAllLabelValues().Where(l => !scores.ContainsKey(l[0])).ToArray())
            _score.RemoveLabelled(gone);
        foreach ((string trainer, double score) in scores) _score.WithLabels(trainer).Set(score);
        _stragglers.Set(slow);
    }
}
