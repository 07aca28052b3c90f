using System.Globalization;
using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>Akka's settings, all in one place.</summary>
internal static class ClusterProfile
{
    public const string SystemName = "starling";

    /// <summary>A dispatcher for actors that block (fsync, evaluations): a thread each, away from the pool.</summary>
    public const string Pinned = "starling.pinned-dispatcher";

    /// <summary>
    /// The pool carries messages and heartbeats; a burst of blocking work in a library must not make it wait for new
    /// threads.
    /// </summary>
    public const int PoolThreads = 32;

    private const string LeaseName = "akka.coordination.lease.file";

    private const string Common = """
        # No interval below is shorter than 100 ms, and a hundred ticks a second cost every node 1 % of a core.
        akka.scheduler.tick-duration = 50ms
        akka.log-dead-letters = off
        akka.log-dead-letters-during-shutdown = off
        akka.cluster.run-coordinated-shutdown-when-down = on
        akka.coordinated-shutdown.exit-clr = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        # What would not fit is a mistake: tensors, images and checkpoints travel elsewhere.
        akka.remote.dot-netty.tcp.maximum-frame-size = 1048576b
        starling.pinned-dispatcher { type = PinnedDispatcher }

        """;

    /// <summary>
    /// A node alone has nobody to wait for: it gossips quickly enough with itself to be up within a second.
    /// </summary>
    public const string Alone = Common + """
        akka.cluster.gossip-interval = 200ms
        akka.cluster.leader-actions-interval = 200ms
        akka.cluster.periodic-tasks-initial-delay = 100ms
        akka.cluster.singleton.hand-over-retry-interval = 200ms
        akka.cluster.singleton-proxy.singleton-identification-interval = 200ms
        """;

    /// <summary>
    /// Nodes that fail. A silent one is unreachable after 4 to 5 s, and out after 2 s more (one whose process is known
    /// to have ended: at once, see <see cref="NodeWatch"/>); the side of a split that gets the lease goes on, however
    /// small it is, the other one ends. The lease outlives its owner by less than the others take to decide. What a
    /// frozen node still sends or writes is refused by term and generation, so the removal need not wait for it for
    /// long.
    /// </summary>
    /// <param name="leaseFolder">Where the leases are: a folder that all nodes share.</param>
    public static string Many(string leaseFolder) => Common + $$"""
        akka.cluster {
          gossip-interval = 500ms
          leader-actions-interval = 500ms
          periodic-tasks-initial-delay = 200ms
          allow-weakly-up-members = off
          failure-detector { heartbeat-interval = 1s, acceptable-heartbeat-pause = 3s, expected-response-after = 1s }
          retry-unsuccessful-join-after = 2s
          seed-node-timeout = 3s
          shutdown-after-unsuccessful-join-seed-nodes = 60s
          down-removal-margin = 1s
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver {
            active-strategy = lease-majority
            stable-after = 2s
            # Members that die every few seconds are no reason to end the others: who goes on is the lease's to say.
            down-all-when-unstable = off
            lease-majority {
              lease-implementation = "{{LeaseName}}"
              # The side with more of the trainers keeps the state that they hold in their memories.
              role = {{NodeRole.Trainer}}
              acquire-lease-delay-for-minority = 2s
              release-after = 10s
            }
          }
          singleton {
            use-lease = "{{LeaseName}}"
            lease-retry-interval = 1s
            hand-over-retry-interval = 500ms
          }
          singleton-proxy.singleton-identification-interval = 500ms
        }
        {{LeaseName}} {
          lease-class = "{{typeof(FileLease).FullName}}, {{typeof(FileLease).Assembly.GetName().Name}}"
          heartbeat-timeout = 5s
          heartbeat-interval = 1s
          lease-operation-timeout = 2s
          folder = {{Quoted(leaseFolder)}}
        }
        akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 5s
        akka.remote.retry-gate-closed-for = 1s
        akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 25s
        """;

    /// <summary>A system that asks nodes, but is none.</summary>
    /// <param name="host">The address it listens on, on any port.</param>
    public static string Client(string host) => Common + $$"""
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "{{host}}", port = 0 }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.loggers = []
        """;

    /// <summary>The address of a node from <c>host:port</c>.</summary>
    /// <param name="hostAndPort">As the user wrote it.</param>
    /// <param name="option">Where the user wrote it.</param>
    /// <param name="protocol"><see cref="RemoteTls.ProtocolOf"/>.</param>
    /// <exception cref="StarlingException">It is no such pair.</exception>
    public static Address AddressOf(string hostAndPort, string option, string protocol)
    {
        int colon = hostAndPort.LastIndexOf(':');
        return colon > 0 && int.TryParse(hostAndPort.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out int port) && port is > 0 and <= ushort.MaxValue
            ? new Address(protocol, SystemName, hostAndPort[..colon], port)
            : throw new StarlingException($"{option} {hostAndPort}: must be host:port, for instance 10.0.0.5:4000");
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
