using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Coordination;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Monitoring;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

/// <summary>The split brain resolver's lease belongs to a side, not to the node that decided for it.</summary>
public sealed class SideLeaseTests() : ActorTests("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster { gossip-interval = 200ms, leader-actions-interval = 200ms, periodic-tasks-initial-delay = 100ms }
    akka.cluster.failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
    akka.cluster.downing-provider-class = ""
    # A system that is terminated says no goodbye.
    akka.coordinated-shutdown.run-by-actor-system-terminate = off
    """)
{
    private const string Name = "test-akka-sbr", First = "node@10.0.0.1:4000", Second = "node@10.0.0.2:4000";

    /// <summary>Of those who are refused.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(500);

    private readonly List<ActorSystem> _others = [];

    [Fact]
    public async Task A_node_takes_over_what_another_node_of_its_side_holds()
    {
        Address self = await JoinAsync();
        Lease holder = Lease(Name, OwnerOf(self), dead: []);
        Lease next = Lease(Name, First, dead: []);
        Lease foreign = Refused(Second, _ => Task.FromResult(false));
        TaskCompletionSource lost = new();
        Sys.EventStream.Subscribe(TestActor, typeof(LeaseLost));
        Assert.True(await holder.Acquire(_ => lost.TrySetResult()));
        Assert.True(await next.Acquire());
        // Its holder lives, and is none that this node reaches.
        Assert.False(await foreign.Acquire());
        await lost.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(holder.CheckLease());
        Assert.False(HasMessages); // a side that keeps it has lost nothing
        await ReleaseAsync(holder, next, foreign);
    }

    [Fact]
    public async Task What_a_dead_node_holds_is_taken_over()
    {
        await JoinAsync();
        Lease holder = Lease(Name, First, dead: []), next = Lease(Name, Second, dead: [First]);
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
        await ReleaseAsync(holder, next);
    }

    [Fact]
    public async Task What_a_dead_node_holds_is_not_taken_over_while_others_may_live_on_its_side()
    {
        await JoinAsync();
        Address silent = await SilentAsync();
        Lease holder = Lease(Name, First, dead: []);
        Lease next = Refused(Second, node => Task.FromResult(OwnerOf(node) == First));
        Assert.True(await holder.Acquire());
        Assert.False(await next.Acquire());
        Lease knowing = Lease(Name, Second, dead: [First, OwnerOf(silent)]);
        Assert.True(await knowing.Acquire());
        await ReleaseAsync(holder, next, knowing);
    }

    [Fact]
    public async Task A_node_that_is_leaving_still_belongs_to_its_side()
    {
        await JoinAsync();
        Cluster leaving = await OtherAsync();
        await SilentAsync(); // while it is not out, no other one gets further than to be leaving
        leaving.Leave(leaving.SelfAddress);
        AwaitAssert(() => Assert.Contains(Cluster.Get(Sys).State.Members,
            m => m.Address == leaving.SelfAddress && m.Status == MemberStatus.Leaving), Patience);
        Lease holder = Lease(Name, OwnerOf(leaving.SelfAddress), dead: []), next = Lease(Name, First, dead: []);
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
        await ReleaseAsync(holder, next);
    }

    [Fact]
    public async Task What_somebody_else_has_taken_meanwhile_is_not_taken_over()
    {
        await JoinAsync();
        Lease holder = Lease(Name, First, dead: []), quicker = Lease(Name, Second, dead: [First]);
        Lease slower = Refused("node@10.0.0.3:4000", async node =>
        {
            await quicker.Acquire();
            return OwnerOf(node) == First;
        });
        Assert.True(await holder.Acquire());
        Assert.False(await slower.Acquire());
        Assert.True(quicker.CheckLease());
        await ReleaseAsync(holder, quicker, slower);
    }

    [Fact]
    public async Task The_lease_of_the_supervisor_is_a_node_s()
    {
        string owner = OwnerOf(await JoinAsync());
        Lease holder = Lease("singleton", owner, dead: []), next = Lease("singleton", First, dead: [owner], Brief);
        Assert.True(await holder.Acquire());
        Assert.False(await next.Acquire());
        await ReleaseAsync(holder, next);
    }

    private Lease Lease(string name, string owner, string[] dead, TimeSpan? patience = null) => Lease(name, owner,
        node => Task.FromResult(dead.Contains(OwnerOf(node))), TimeProvider.System, patience);

    /// <summary>One that goes on trying until it has asked who has ended, and once more with the answer.</summary>
    private Lease Refused(string owner, Func<Address, Task<bool>> hasEnded)
    {
        ManualTime time = new();
        return Lease(Name, owner, Asked, time, Brief);

        async Task<bool> Asked(Address node)
        {
            bool ended = await hasEnded(node);
            time.Advance(Brief.TotalSeconds);
            return ended;
        }
    }

    // The patience is how long it goes on trying: one that is granted is granted long before.
    private Lease Lease(string name, string owner, Func<Address, Task<bool>> hasEnded, TimeProvider time,
        TimeSpan? patience = null)
    {
        Config config = ConfigurationFactory.ParseString($$"""
            heartbeat-timeout = 600s, heartbeat-interval = 100ms
            lease-operation-timeout = {{(patience ?? Patience).TotalMilliseconds}}ms
            folder = {{JsonSerializer.Serialize(Folder.Path)}}
            """);
        return new FileLease(new LeaseSettings(name, owner, TimeoutSettings.Create(config), config),
            (ExtendedActorSystem)Sys, time, hasEnded);
    }

    private static string OwnerOf(Address node) => $"{node.System}@{node.Host}:{node.Port}";

    /// <summary>Their renewals write into a folder that is about to go.</summary>
    private static async Task ReleaseAsync(params Lease[] leases)
    {
        foreach (Lease lease in leases) await lease.Release();
    }

    private async Task<Address> JoinAsync()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        return cluster.SelfAddress;
    }

    /// <summary>Another member, in this process.</summary>
    private async Task<Cluster> OtherAsync()
    {
        Cluster other = Cluster.Get(ActorSystem.Create(Sys.Name, Sys.Settings.Config));
        _others.Add(other.System);
        await other.JoinAsync(Cluster.Get(Sys).SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        AwaitAssert(() => Assert.Contains(Cluster.Get(Sys).State.Members,
            m => m.Address == other.SelfAddress && m.Status == MemberStatus.Up), Patience);
        return other;
    }

    /// <summary>A member that has ended without a word.</summary>
    private async Task<Address> SilentAsync()
    {
        Cluster silent = await OtherAsync();
        await silent.System.Terminate().WaitAsync(Patience);
        AwaitAssert(() => Assert.Contains(Cluster.Get(Sys).State.Unreachable,
            m => m.Address == silent.SelfAddress), Patience);
        return silent.SelfAddress;
    }

    protected override void AfterAll()
    {
        foreach (ActorSystem other in _others) other.Terminate().Wait(Patience);
        base.AfterAll();
    }
}
