using Akka;
using Akka.Actor;

namespace Starling.Actors.Hosting;

/// <summary>
/// Keeps a node alive whose connection to another one failed during TLS's handshake. Akka would end the node, to show a
/// wrong certificate early. But the peer may just have been killed, or another user's program may have taken its port;
/// neither is a reason for the nodes that live to end.
/// </summary>
internal static class HandshakeFailures
{
    private const string AkkaReason = "TlsHandshakeFailureReason"; // an internal class of Akka.Remote

    private const string NotJoined =
        "a TLS handshake with another node failed before this node had joined: that node has another key (this " +
        "node's is that of its run folder or of cluster.tls), or has just ended";

    /// <summary>
    /// Settings of Akka: the shutdown may wait in its first phase for as long as a node lives. (The longest time that a
    /// timer takes is 24 days; a node whose handshake failed so long ago ends, and is started again.)
    /// </summary>
    public const string Hocon = "akka.coordinated-shutdown.phases.before-service-unbind.timeout = 20d\n";

    /// <summary>Has a shutdown for that reason wait until the node is to end anyway.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="joined">
    /// Completes when the node is a member. A node that is none yet ends at once: its certificate may be wrong.
    /// </param>
    /// <param name="ending">Completes when the node is to end.</param>
    /// <param name="giveUp">
    /// Called with the reason when a node that is no member ends. The call comes before its actors end, or else their
    /// end would be taken for the reason.
    /// </param>
    public static void Survive(ActorSystem system, Task joined, Task ending, Action<string> giveUp)
    {
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "handshake-failures", async () =>
        {
            if (shutdown.ShutdownReason?.GetType().Name != AkkaReason) return Done.Instance;
            if (joined.IsCompleted) await ending;
            else giveUp(NotJoined);
            return Done.Instance;
        });
    }
}
