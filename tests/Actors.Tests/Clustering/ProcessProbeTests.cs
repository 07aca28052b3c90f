using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Starling.Actors.Clustering;

namespace Starling.Actors.Tests.Clustering;

public sealed class ProcessProbeTests
{
    [Fact]
    public async Task A_port_that_nobody_listens_on_any_more_is_a_process_that_has_ended()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Address node = new("akka.tcp", "starling", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.False(await ProcessProbe.HasEndedAsync(node));
        listener.Stop();
        // A machine that stands for longer than the probe waits has not answered: ask again.
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(60));
        while (!await ProcessProbe.HasEndedAsync(node)) timeout.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task A_machine_that_says_nothing_proves_nothing()
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        EndPoint end = listener.LocalEndPoint!;
        // With nobody to accept and no room in the queue, the system answers no more than a broken network does.
        List<Socket> waiting = [];
        try
        {
            for (int i = 0; i < 8; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    Blocking = false,
                };
                waiting.Add(socket);
                try { socket.Connect(end); }
                catch (SocketException) { /* under way */ }
            }
            Assert.False(await ProcessProbe.HasEndedAsync(
                new Address("akka.tcp", "starling", "127.0.0.1", ((IPEndPoint)end).Port)));
        }
        finally
        {
            foreach (Socket socket in waiting) socket.Dispose();
        }
    }

    [Fact]
    public async Task A_name_proves_nothing_because_it_may_lead_to_the_successor_by_now()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        // Where the name leads to, nobody listens. The node may listen where the name led to when it joined.
        Assert.False(await ProcessProbe.HasEndedAsync(new Address("akka.tcp", "starling", "localhost", port)));
    }
}
