using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Coordination;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

/// <summary>The split brain resolver's lease belongs to a side, not to the node that decided for it.</summary>
public sealed class SideLeaseTests() : ActorTests("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster { gossip-interval = 200ms, leader-actions-interval = 200ms, periodic-tasks-initial-delay = 100ms }
    """)
{
    [Fact]
    public async Task A_node_takes_over_what_another_node_of_its_side_holds()
    {
        Address self = await JoinAsync();
        using OpenPort second = new(), third = new();
        Lease holder = Lease("test-akka-sbr", $"{self.System}@{self.Host}:{self.Port}");
        Lease next = Lease("test-akka-sbr", second.Owner);
        Lease foreign = Lease("test-akka-sbr", third.Owner);
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseLost));
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
        // Its holder lives, and is none that this node reaches.
        Assert.False(await foreign.Acquire());
        AwaitAssert(() => Assert.False(holder.CheckLease()), Patience);
        Assert.False(HasMessages); // a side that keeps it has lost nothing
        foreach (Lease lease in (Lease[])[holder, next, foreign]) await lease.Release();
    }

    [Fact]
    public async Task What_a_dead_node_holds_is_taken_over()
    {
        await JoinAsync();
        OpenPort first = new();
        using OpenPort second = new();
        Lease holder = Lease("test-akka-sbr", first.Owner), next = Lease("test-akka-sbr", second.Owner);
        Assert.True(await holder.Acquire());
        Assert.False(await next.Acquire());
        first.Dispose();
        Assert.True(await next.Acquire());
        foreach (Lease lease in (Lease[])[holder, next]) await lease.Release();
    }

    [Fact]
    public async Task The_lease_of_the_supervisor_is_a_node_s()
    {
        Address self = await JoinAsync();
        using OpenPort other = new();
        Lease holder = Lease("singleton", $"{self.System}@{self.Host}:{self.Port}");
        Assert.True(await holder.Acquire());
        Assert.False(await Lease("singleton", other.Owner).Acquire());
        await holder.Release(); // its renewals write into a folder that is about to go
    }

    private Lease Lease(string name, string owner)
    {
        Config config = ConfigurationFactory.ParseString($$"""
            heartbeat-timeout = 60s, heartbeat-interval = 100ms, lease-operation-timeout = 500ms
            folder = {{JsonSerializer.Serialize(Folder.Path)}}
            """);
        return new FileLease(new LeaseSettings(name, owner, TimeoutSettings.Create(config), config),
            (ExtendedActorSystem)Sys);
    }

    private async Task<Address> JoinAsync()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        return cluster.SelfAddress;
    }

    /// <summary>Where a process listens: what a node that lives looks like.</summary>
    private sealed class OpenPort : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public OpenPort()
        {
            _listener.Start();
            Owner = $"node@{_listener.LocalEndpoint}";
        }

        public string Owner { get; }

        public void Dispose() => _listener.Dispose();
    }
}
