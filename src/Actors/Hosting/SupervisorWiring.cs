using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Starling.Actors.Clustering;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Supervision;

namespace Starling.Actors.Hosting;

/// <summary>Starts the run's supervisor: one in the cluster, on the oldest node that has the role.</summary>
internal static class SupervisorWiring
{
    /// <summary>
    /// Adds the supervisor, or a proxy that passes messages on to the supervisor if the node does not have the role.
    /// </summary>
    public static AkkaConfigurationBuilder AddSupervisor(this AkkaConfigurationBuilder akka, NodeSetup node)
    {
        ClusterSingletonOptions options = new()
        {
            Role = NodeRole.Supervisor,
            LogSingletonIdentificationFailure = false,
        };
        return node.Has(NodeRole.Supervisor)
            ? akka.WithSingleton<RunSupervisor>(
                ActorNames.Supervisor, (system, _, _) => PropsOf(system, node), options)
            : akka.WithSingletonProxy<RunSupervisor>(ActorNames.Supervisor, options);
    }

    private static Props PropsOf(ActorSystem system, NodeSetup node)
    {
        SupervisorSettings settings = new()
        {
            Plan = node.Plan,
            Identity = node.Run.NodeIdentity,
            Ledger = new RunLedger(node.Run.Folder),
            Monitor = Listener(system, node),
            Ended = node.Ended,
            Fenced = node.Fence.Close,
            Time = node.Time,
        };
        return Props.Create(() => new RunSupervisor(settings)).WithDispatcher(ClusterProfile.Pinned);
    }

    /// <summary>
    /// Returns the receiver of the supervisor's decisions: the node's monitor. In a cluster an actor before the monitor
    /// also writes the decisions to the run's event log, to which the supervisors of a run append one after the other.
    /// </summary>
    private static ICanTell Listener(ActorSystem system, NodeSetup node)
    {
        ActorSelection monitor = system.ActorSelection(ActorNames.PathOf(ActorNames.Monitor));
        if (node.RunEventLog is not { } runEventLog) return monitor;
        return system.ActorOf(Props.Create(() => new RunEventWriter(runEventLog,
            node.OpenEventLog, node.Evaluations.Read, monitor)), ActorNames.EventWriter);
    }
}
