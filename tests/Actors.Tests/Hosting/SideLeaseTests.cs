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
        Lease holder = Lease("test-akka-sbr", $"{self.System}@{self.Host}:{self.Port}");
        Lease next = Lease("test-akka-sbr", $"{self.System}@10.0.0.2:4000");
        Lease foreign = Lease("test-akka-sbr", $"{self.System}@10.0.0.3:4000");
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseLost));
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
        // Its holder is none that this node reaches.
        Assert.False(await foreign.Acquire());
        AwaitAssert(() => Assert.False(holder.CheckLease()), Patience);
        Assert.False(HasMessages); // a side that keeps it has lost nothing
        foreach (Lease lease in (Lease[])[holder, next, foreign]) await lease.Release();
    }

    [Fact]
    public async Task The_lease_of_the_supervisor_is_a_node_s()
    {
        Address self = await JoinAsync();
        Lease holder = Lease("singleton", $"{self.System}@{self.Host}:{self.Port}");
        Assert.True(await holder.Acquire());
        Assert.False(await Lease("singleton", $"{self.System}@10.0.0.2:4000").Acquire());
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
}
