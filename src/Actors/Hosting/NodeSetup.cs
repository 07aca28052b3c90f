using Akka.Actor;
using Akka.Hosting;
using Starling.Actors.Clustering;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.Monitoring;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;

namespace Starling.Actors.Hosting;

/// <summary>What the actors of a node are made from.</summary>
internal sealed record NodeSetup
{
    public required RunContext Run { get; init; }

    /// <summary>The node's name, and that of what it does.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Akka's settings: <see cref="ClusterProfile"/>.</summary>
    public required string Profile { get; init; }

    /// <summary>Where it listens, and nowhere else.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 for any.</summary>
    public int Port { get; init; }

    /// <summary>Certificates for talking to other nodes; null for no encryption.</summary>
    public RemoteTls? Tls { get; init; }

    /// <summary>What carries the exchange between trainers; a node alone needs none.</summary>
    public ICollectiveEngine Engine { get; init; } = new InProcessEngine();

    /// <summary>Where that listens.</summary>
    public CollectiveOptions Collective { get; init; } = new();

    /// <summary>Nodes of the cluster to join; none to begin one.</summary>
    public IReadOnlyList<Address> Seeds { get; init; } = [];

    /// <summary>What starts once the node is a member of the cluster, in this order.</summary>
    public List<Action<ActorSystem, IActorRegistry>> OnceUp { get; } = [];

    /// <summary>Closed when the cluster has given this node up.</summary>
    public Fence Fence { get; } = new();

    /// <summary>What the actors let the process know.</summary>
    public NodeSignals Signals { get; } = new();

    /// <summary>
    /// The diary that the supervisors of a cluster write one after the other; null for the node's own.
    /// </summary>
    public string? Journal { get; init; }

    /// <summary>Where results of evaluations are.</summary>
    public required EvaluationFiles Evaluations { get; init; }

    public required int Attempt { get; init; }

    public required bool Force { get; init; }

    public required MonitorOutputs Outputs { get; init; }

    public required RunProgress Progress { get; init; }

    public required int TokensPerImage { get; init; }

    public required Action<RunResult> Ended { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Cancelled when the run has ended: abandons an evaluation nobody waits for.</summary>
    public required CancellationToken Stopping { get; init; }

    public bool Has(string role) => Roles.Contains(role);

    /// <summary>What is known of the run now.</summary>
    public RunPlan Plan()
    {
        StarlingOptions o = Run.Options;
        // A node alone has nobody to wait for.
        TimeSpan settle = TimeSpan.FromSeconds(Journal is null ? 0 : o.Cluster.SettleSeconds);
        return new RunPlan(o.Training.Steps, o.Training.Replicas, o.Evaluation.EverySteps, o.Evaluation.Enabled)
        {
            Evaluated = Evaluations.Of(Run.Checkpoints).Keys.ToHashSet(),
            Settle = settle,
            FormTimeout = TimeSpan.FromSeconds(o.Cluster.FormSeconds),
            UnansweredPings = (int)Math.Ceiling(o.Cluster.UnresponsiveSeconds), // one a second
        };
    }
}
