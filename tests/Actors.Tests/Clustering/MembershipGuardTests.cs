using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Starling.Actors.Clustering;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class MembershipGuardTests : ClusterActorTests
{
    private readonly Fence _fence = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_quarantined_node_is_out()
    {
        Start();
        Address other = new("akka.tcp", "starling", "10.0.0.2", 4000);
        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(Cluster.SelfAddress, other));
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
        Cluster.Down(Cluster.SelfAddress);
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
        await Cluster.LeaveAsync(TestContext.Current.CancellationToken).WaitAsync(Timeout);
        Settle(guard);
        Assert.False(_fence.IsClosed);
    }

    private IActorRef Start()
    {
        ClusterMetrics metrics = new RunMetrics(_time, Exporter.Node).Cluster;
        IActorRef guard = Sys.ActorOf(Props.Create(() => new MembershipGuard(
            _fence, metrics, TimeSpan.FromSeconds(10), _time)));
        Settle(guard);
        return guard;
    }

    private Task<string> ReasonAsync() => _fence.Closed.WaitAsync(Timeout, TestContext.Current.CancellationToken);
}
