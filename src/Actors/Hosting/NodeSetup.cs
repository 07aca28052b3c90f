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
using Starling.Actors.Runs.Events;

namespace Starling.Actors.Hosting;

/// <summary>Everything from which the actors of a node are made.</summary>
internal sealed record NodeSetup
{
    /// <summary>The run.</summary>
    public required RunContext Run { get; init; }

    /// <summary>The name of the node, and of its trainer, loader and evaluator.</summary>
    public required string Name { get; init; }

    /// <summary>The node's roles; see <see cref="Protocol.NodeRole"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Akka's settings; see <see cref="ClusterProfile"/>.</summary>
    public required string Profile { get; init; }

    /// <summary>The only address on which the node listens for messages.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port on which the node listens; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>Certificates for talking to other nodes; null for no encryption.</summary>
    public RemoteTls? Tls { get; init; }

    /// <summary>
    /// The engine of the exchange between trainers. A single node keeps the default, which connects no processes.
    /// </summary>
    public ICollectiveEngine Engine { get; init; } = new InProcessEngine();

    /// <summary>The address on which the engine listens, and its timeouts.</summary>
    public CollectiveOptions Collective { get; init; } = new();

    /// <summary>
    /// Whether the node begins a cluster. If it does not, <see cref="ClusterJoin"/> has it join one.
    /// </summary>
    public bool BeginsCluster { get; init; } = true;

    /// <summary>Actions that run in this order once the node is a member of the cluster.</summary>
    public List<Action<ActorSystem, IActorRegistry>> OnceUp { get; } = [];

    /// <summary>Closed when the cluster has removed this node.</summary>
    public Fence Fence { get; } = new();

    /// <summary>Tells the process what happened to the node.</summary>
    public NodeSignals Signals { get; } = new();

    /// <summary>
    /// The path of the run's event log, <c>events.jsonl</c>, to which the supervisors of a cluster append one after the
    /// other. Null for a single node, whose own event log is the run's.
    /// </summary>
    public string? RunEventLog { get; init; }

    /// <summary>Whether the run has this node only, and will have no other.</summary>
    public bool IsSingleNode => RunEventLog is null;

    /// <summary>Opens an event log of the run, which is closed at the end of the process at the latest.</summary>
    public required Func<string, EventLog> OpenEventLog { get; init; }

    /// <summary>The files with the results of evaluations.</summary>
    public required EvaluationFiles Evaluations { get; init; }

    /// <summary>Number of this start of the process on the run, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether to resume from a checkpoint of another configuration or data set.</summary>
    public required bool Force { get; init; }

    /// <summary>Where the monitor writes.</summary>
    public required MonitorOutputs Outputs { get; init; }

    /// <summary>The figures of the run before its first step.</summary>
    public required RunProgress Progress { get; init; }

    /// <summary>What the configuration says of every step.</summary>
    public required StepFacts Facts { get; init; }

    /// <summary>Called with the result of the run, on the node whose supervisor leads the run.</summary>
    public required Action<RunResult> Ended { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Cancelled when the run has ended: an evaluation that is under way then stops.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>Whether the node has a role.</summary>
    public bool Has(string role) => Roles.Contains(role);

    /// <summary>Makes the plan of the run, with the evaluations that are done at this moment.</summary>
    public RunPlan Plan()
    {
        StarlingOptions o = Run.Options;
        // A single node need not wait for other trainers to join.
        TimeSpan settle = TimeSpan.FromSeconds(IsSingleNode ? 0 : o.Cluster.SettleSeconds);
        return new RunPlan(o.Training.Steps, o.Training.Replicas, o.Evaluation.EverySteps, o.Evaluation.Enabled)
        {
            Evaluated = Evaluations.Of(Run.Checkpoints).Keys.ToHashSet(),
            Settle = settle,
            IsSingleNode = IsSingleNode,
            FormTimeout = TimeSpan.FromSeconds(o.Cluster.FormSeconds),
            UnansweredPings = (int)Math.Ceiling(o.Cluster.UnresponsiveSeconds), // one a second
        };
    }
}
