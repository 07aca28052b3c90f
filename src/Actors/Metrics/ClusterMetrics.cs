using Prometheus;

namespace Starling.Actors.Metrics;

/// <summary>Metrics of the cluster as this node sees it.</summary>
public sealed class ClusterMetrics
{
    private static readonly string[] Statuses = ["joining", "up", "leaving", "exiting", "down"];
    private readonly Gauge _members, _unreachable, _lag, _leaseAge;
    private readonly Counter _quarantined, _fenced, _deadLetters, _actorFailures;

    internal ClusterMetrics(MetricBook book)
    {
        _members = book.Gauge(Exporter.Node, "cluster_members",
            "Nodes of the cluster as this node sees it, by status", "status");
        _unreachable = book.Gauge(Exporter.Node, "cluster_unreachable", "Nodes that do not answer at present");
        _fenced = book.Counter(Exporter.Trainer, "fenced_commits_total",
            "Checkpoints that were not committed because their generation was over");
        _quarantined = book.Counter(Exporter.Node, "quarantined_total",
            "Times that the others took this node for dead");
        _lag = book.Gauge(Exporter.Node, "scheduler_lag_seconds",
            "How late this node's last half-second timer was: the early warning for missed heartbeats");
        _leaseAge = book.Gauge(Exporter.Node, "lease_age_seconds",
            "Time since this node last renewed the leader's lease in the run's folder; only where it is held");
        _deadLetters = book.Counter(Exporter.Node, "dead_letters_total",
            "Messages to actors that had ended, or to nodes that did not answer");
        _actorFailures = book.Counter(Exporter.Node, "actor_failures_total",
            "Failures of this node's actors; the actor is restarted, or its node ends");
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

    /// <summary>Counts a checkpoint that was refused because its generation was over.</summary>
    public void FencedCommit() => _fenced.Inc();

    /// <summary>Counts an event in which other nodes took this node for dead.</summary>
    public void Quarantined() => _quarantined.Inc();

    /// <summary>Counts a message that reached nobody.</summary>
    public void DeadLetter() => _deadLetters.Inc();

    /// <summary>Counts an exception that an actor did not handle.</summary>
    public void ActorFailed() => _actorFailures.Inc();

    /// <summary>Sets how long ago the leader's lease was renewed; null while this node does not hold it.</summary>
    public void LeaseAge(double? seconds)
    {
        if (seconds is { } age) _leaseAge.Set(age);
        else _leaseAge.Unpublish();
    }

    /// <summary>Sets how many seconds the last timer was late.</summary>
    public void Lag(double seconds) => _lag.Set(seconds);
}
