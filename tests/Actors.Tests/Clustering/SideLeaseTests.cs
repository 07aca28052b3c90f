using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using Starling.Actors.Clustering;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

/// <summary>The split brain resolver's lease belongs to a side, not to the node that decided for it.</summary>
public sealed class SideLeaseTests : ClusterActorTests
{
    private const string Name = "test-akka-sbr", First = "node@10.0.0.1:4000", Second = "node@10.0.0.2:4000";

    /// <summary>Of those who are refused.</summary>
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(500);

    private readonly TestLeases _leases;

    public SideLeaseTests() => _leases = new TestLeases(Sys, Folder);

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
        await lost.Task.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.False(holder.CheckLease());
        Assert.False(HasMessages); // a side that keeps it has lost nothing
    }

    [Fact]
    public async Task What_a_dead_node_holds_is_taken_over()
    {
        await JoinAsync();
        Lease holder = Lease(Name, First, dead: []), next = Lease(Name, Second, dead: [First]);
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
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
    }

    [Fact]
    public async Task A_node_that_is_leaving_still_belongs_to_its_side()
    {
        await JoinAsync();
        Cluster leaving = await MemberAsync();
        await SilentAsync(); // while it is not out, no other one gets further than to be leaving
        leaving.Leave(leaving.SelfAddress);
        AwaitAssert(() => Assert.Contains(Cluster.State.Members,
            m => m.Address == leaving.SelfAddress && m.Status == MemberStatus.Leaving), Timeout);
        Lease holder = Lease(Name, OwnerOf(leaving.SelfAddress), dead: []), next = Lease(Name, First, dead: []);
        Assert.True(await holder.Acquire());
        Assert.True(await next.Acquire());
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
    }

    [Fact]
    public async Task The_lease_of_the_supervisor_is_a_node_s_and_free_once_that_node_s_process_has_ended()
    {
        string owner = OwnerOf(await JoinAsync());
        Lease holder = Lease("singleton", owner, dead: []), other = Lease("singleton", First, dead: [], Brief);
        Assert.True(await holder.Acquire());
        Assert.False(await other.Acquire()); // the node is on the same side, and lives
        Lease next = Lease("singleton", First, dead: [owner]);
        Assert.True(await next.Acquire());
    }

    private Lease Lease(string name, string owner, string[] dead, TimeSpan? timeout = null) =>
        _leases.Make(name, owner, timeout ?? Timeout, node => Task.FromResult(dead.Contains(OwnerOf(node))));

    /// <summary>One that goes on trying until it has asked who has ended, and once more with the answer.</summary>
    private Lease Refused(string owner, Func<Address, Task<bool>> hasEnded)
    {
        ManualTime time = new();
        return _leases.Make(Name, owner, Brief, Asked, time);

        async Task<bool> Asked(Address node)
        {
            bool ended = await hasEnded(node);
            time.Advance(Brief.TotalSeconds);
            return ended;
        }
    }

    private static string OwnerOf(Address node) => $"{node.System}@{node.Host}:{node.Port}";

    protected override void AfterAll()
    {
        _leases.Release(Timeout);
        base.AfterAll();
    }
}
