using System.Net;
using System.Net.Sockets;
using Akka;
using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Clustering;

namespace Starling.Actors.Tests.Hosting;

public sealed class HandshakeFailuresTests
{
    /// <summary>As the port of a node that was just killed does, or that another user's program took.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_ends_during_the_handshake_ends_only_a_node_that_has_not_joined(bool joined)
    {
        using RemoteTls tls = ClusterKey.ForThisProcess(TimeProvider.System);
        await using TlsNode node = new(tls, HandshakeFailures.Hocon);
        TaskCompletionSource ending = new(), member = new();
        TaskCompletionSource goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (joined) member.SetResult();
        List<string> reasons = [];
        HandshakeFailures.Survive(node.System, member.Task, ending.Task, reasons.Add);
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(node.System);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "test", () =>
        {
            goesOn.SetResult();
            return Task.FromResult(Done.Instance);
        });

        using TcpListener peer = new(IPAddress.Loopback, 0);
        peer.Start();
        int port = ((IPEndPoint)peer.LocalEndpoint).Port;
        node.System.ActorSelection($"akka.ssl.tcp://node@127.0.0.1:{port}/user/x").Tell(new Identify(1));
        using (await peer.AcceptSocketAsync().WaitAsync(TlsNode.Timeout))
        {
            // It is closed at once.
        }
        long began = TimeProvider.System.GetTimestamp();
        while (shutdown.ShutdownReason is null)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TlsNode.Timeout, "the handshake did not fail");
            await Task.Delay(5);
        }
        if (joined)
        {
            // A node that did not wait would be done within this second.
            Assert.NotEqual(goesOn.Task, await Task.WhenAny(goesOn.Task, Task.Delay(TimeSpan.FromSeconds(1))));
            ending.SetResult();
        }
        await goesOn.Task.WaitAsync(TlsNode.Timeout);
        if (joined) Assert.Empty(reasons);
        else Assert.Contains("another key", Assert.Single(reasons), StringComparison.Ordinal);
        await node.System.WhenTerminated.WaitAsync(TlsNode.Timeout);
    }
}
