using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Starling.Actors.Hosting;
using Starling.Actors.Monitoring;
using Starling.Actors.Tests.Monitoring;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

public sealed class MembershipGuardTests() : ActorTests("""
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    akka.cluster { gossip-interval = 200ms, leader-actions-interval = 200ms, run-coordinated-shutdown-when-down = off }
    akka.cluster.periodic-tasks-initial-delay = 100ms
    # A node that has left goes on, for the test to ask.
    akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }
    """)
{
    private readonly Fence _fence = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_quarantined_node_is_out()
    {
        Start();
        Address other = new("akka.tcp", "starling", "10.0.0.2", 4000);
        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(Cluster.Get(Sys).SelfAddress, other));
        Assert.Contains("10.0.0.2", await ReasonAsync());
    }

    [Fact]
    public async Task A_node_that_lost_a_lease_is_out()
    {
        Start();
        Sys.EventStream.Publish(new LeaseLost("starling-sbr", "another node has it"));
        Assert.Contains("starling-sbr", await ReasonAsync());
    }

    [Fact]
    public async Task A_node_that_was_downed_is_out()
    {
        await JoinAsync();
        Start();
        Cluster.Get(Sys).Down(Cluster.Get(Sys).SelfAddress);
        await ReasonAsync();
    }

    [Fact]
    public async Task A_node_that_slept_for_longer_than_its_lease_is_out()
    {
        Start();
        _time.Advance(11);
        Assert.Contains("slept for 10.5 s", await ReasonAsync());
    }

    [Fact]
    public async Task A_node_that_leaves_is_not()
    {
        await JoinAsync();
        IActorRef guard = Start();
        await Cluster.Get(Sys).LeaveAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Settle(guard);
        Assert.False(_fence.IsClosed);
    }

    private IActorRef Start()
    {
        ClusterMetrics metrics = new RunMetrics(_time).Cluster;
        IActorRef guard = Sys.ActorOf(Props.Create(() => new MembershipGuard(
            _fence, metrics, TimeSpan.FromSeconds(10), _time)));
        Settle(guard);
        return guard;
    }

    private Task<string> ReasonAsync() => _fence.Closed.WaitAsync(Patience, TestContext.Current.CancellationToken);

    private async Task JoinAsync()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
    }
}
