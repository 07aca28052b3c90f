using System.Globalization;
using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>All settings of Akka.</summary>
internal static class ClusterProfile
{
    /// <summary>The name of every node's actor system, which is a part of each address.</summary>
    public const string SystemName = "starling";

    /// <summary>
    /// The dispatcher of actors that block (fsync, evaluations). It gives each actor a thread outside the pool.
    /// </summary>
    public const string Pinned = "starling.pinned-dispatcher";

    /// <summary>
    /// The least number of threads of the pool, which handles messages and heartbeats. With fewer threads, a burst of
    /// blocking work in a library would delay heartbeats until the pool has started more threads.
    /// </summary>
    public const int PoolThreads = 32;

    private const string LeaseName = "akka.coordination.lease.file";

    private const string Common = """
        # The shortest interval below is 100 ms. The default of 10 ms a tick would cost every node 1 % of a core.
        akka.scheduler.tick-duration = 50ms
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off
        akka.cluster.run-coordinated-shutdown-when-down = on
        akka.coordinated-shutdown.exit-clr = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        # A larger message is a mistake: tensors, images and checkpoints are not sent as messages.
        akka.remote.dot-netty.tcp.maximum-frame-size = 1048576b
        starling.pinned-dispatcher { type = PinnedDispatcher }

        """;

    /// <summary>
    /// The settings of a single node. Short intervals bring the node to the status up within a second.
    /// </summary>
    public const string SingleNode = Common + """
        akka.cluster.gossip-interval = 200ms
        akka.cluster.leader-actions-interval = 200ms
        akka.cluster.periodic-tasks-initial-delay = 100ms
        akka.cluster.singleton.hand-over-retry-interval = 200ms
        akka.cluster.singleton-proxy.singleton-identification-interval = 200ms
        """;

    /// <summary>
    /// Returns the settings of a node in a cluster whose nodes can fail. A silent node is unreachable after 4 to 5 s,
    /// and is removed 2 s later. <see cref="NodeWatch"/> removes a node whose process has ended at once. When the
    /// network splits, the side that gets the lease goes on, however small it is, and the other side ends. A lease
    /// outlives its owner by less than the time that the other nodes take to decide. Messages and writes of a suspended
    /// node are refused by term and generation, so the removal of a node does not wait long for it.
    /// </summary>
    /// <param name="leaseFolder">The folder of the leases, which all nodes share.</param>
    public static string Many(string leaseFolder) => Common + $$"""
        akka.cluster {
          # How fast the members agree that one of them is up, or removed after its death was proven.
          gossip-interval = 200ms
          leader-actions-interval = 200ms
          periodic-tasks-initial-delay = 200ms
          allow-weakly-up-members = off
          failure-detector {
            implementation-class = "{{NameOf<ProvenDeathDetector>()}}"
            heartbeat-interval = 1s
            acceptable-heartbeat-pause = 3s
            expected-response-after = 1s
          }
          # How often the failure detector is asked.
          unreachable-nodes-reaper-interval = 200ms
          retry-unsuccessful-join-after = 2s
          seed-node-timeout = 3s
          # ClusterJoin gives up, and says whom it tried and why nobody took the node in.
          shutdown-after-unsuccessful-join-seed-nodes = off
          # A removed node that lives on is kept from harm by its lease and by the ledger, not by a pause. (0 would mean
          # as long as stable-after.)
          down-removal-margin = 1ms
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver {
            active-strategy = lease-majority
            stable-after = 2s
            # Members that die every few seconds are no reason to end the others. The lease decides which side goes on.
            down-all-when-unstable = off
            lease-majority {
              lease-implementation = "{{LeaseName}}"
              # The side with more trainers is preferred, because it has more of the states in memory.
              role = {{NodeRole.Trainer}}
              acquire-lease-delay-for-minority = 2s
              release-after = 10s
            }
          }
          singleton {
            use-lease = "{{LeaseName}}"
            lease-retry-interval = 1s
            hand-over-retry-interval = 200ms
          }
          singleton-proxy.singleton-identification-interval = 200ms
        }
        {{LeaseName}} {
          lease-class = "{{NameOf<FileLease>()}}"
          heartbeat-timeout = 5s
          heartbeat-interval = 1s
          lease-operation-timeout = 2s
          folder = {{Quoted(leaseFolder)}}
        }
        akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 5s
        # After a reset the connection is closed for this time, and what is sent meanwhile is lost.
        akka.remote.retry-gate-closed-for = 100ms
        # A connection that is reset while the two nodes greet each other is noticed by this timeout only. Until then
        # nothing gets through, so it is shorter than the time after which a silent node is unreachable.
        akka.remote.handshake-timeout = 2s
        akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 25s
        """;

    /// <summary>Returns the settings of an actor system that asks nodes but is not a node itself.</summary>
    /// <param name="host">The address on which the system listens, on any free port.</param>
    public static string Client(string host) => Common + $$"""
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "{{host}}", port = 0 }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.loggers = []
        """;

    /// <summary>Makes the address of a node from <c>host:port</c>.</summary>
    /// <param name="hostAndPort">The text as the user wrote it.</param>
    /// <param name="option">The option whose value the text is, for the error message.</param>
    /// <param name="protocol"><see cref="RemoteTls.ProtocolOf"/>.</param>
    /// <exception cref="StarlingException">The text is not <c>host:port</c>.</exception>
    public static Address AddressOf(string hostAndPort, string option, string protocol)
    {
        int colon = hostAndPort.LastIndexOf(':');
        return colon > 0 && int.TryParse(hostAndPort.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out int port) && port is > 0 and <= ushort.MaxValue
            ? new Address(protocol, SystemName, hostAndPort[..colon], port)
            : throw new StarlingException($"{option} {hostAndPort}: must be host:port, for instance 10.0.0.5:4000");
    }

    /// <summary>Returns the name by which Akka loads a class of this program.</summary>
    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
