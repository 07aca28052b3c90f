using System.Globalization;

namespace Starling.Actors.Metrics;

/// <summary>
/// Decides what the health endpoints answer. A node is ready when it is a member of the cluster and can do the work of
/// its roles: a trainer holds the state, and a supervisor that leads sees steps. Thread-safe.
/// </summary>
/// <param name="leader">It knows whether this node's supervisor leads, and when a step was last committed.</param>
/// <param name="trains">Whether the node has a trainer.</param>
/// <param name="stepTimeout">If the last step is older, the node that leads is not ready.</param>
public sealed class NodeHealth(LeaderMetrics leader, bool trains, TimeSpan stepTimeout)
{
    private volatile bool _isMember, _trainerIsReady;

    /// <summary>Whether the node is a member of the cluster.</summary>
    public bool IsMember
    {
        get => _isMember;
        set => _isMember = value;
    }

    /// <summary>Whether the node's trainer holds the state of a generation, or is a spare.</summary>
    public bool TrainerIsReady
    {
        get => _trainerIsReady;
        set => _trainerIsReady = value;
    }

    /// <summary>Reports alive, always. A process that can answer is alive, even while it loads a checkpoint.</summary>
    public static HealthReport Live() => new(true, new Dictionary<string, string> { ["process"] = "answers" });

    /// <summary>Reports whether the node does its work.</summary>
    public HealthReport Ready()
    {
        Dictionary<string, string> reasons = new()
        {
            ["cluster"] = IsMember ? "is a member" : "has not joined yet",
        };
        bool ready = IsMember;
        if (trains)
        {
            reasons["trainer"] = TrainerIsReady ? "is ready" : "does not hold the state yet";
            ready &= TrainerIsReady;
        }
        if (leader.SinceStep is { } since)
        {
            bool late = since >= stepTimeout;
            reasons["run"] = string.Create(CultureInfo.InvariantCulture,
                $"{(late ? "no step for" : "last step or start")} {since.TotalSeconds:0.0} s{(late ? "" : " ago")}");
            ready &= !late;
        }
        return new HealthReport(ready, reasons);
    }
}
