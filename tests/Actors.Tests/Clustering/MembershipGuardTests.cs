using System.Text;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Starling.Actors.Clustering;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class MembershipGuardTests : ClusterActorTests
{
    private readonly Fence _fence = new();
    private readonly ManualTime _time = new();
    private readonly RunMetrics _metrics;

    public MembershipGuardTests() => _metrics = new RunMetrics(_time, Exporter.Node);

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

    [Fact]
    public async Task The_age_of_the_leader_s_lease_shows_while_the_node_holds_it()
    {
        Start();
        Assert.DoesNotContain(await MetricsAsync(),
            m => m.StartsWith("starling_lease_age_seconds ", StringComparison.Ordinal));
        Sys.EventStream.Publish(new LeaseRenewed());
        await UntilAsync("starling_lease_age_seconds 0");
        _time.Advance(2);
        await UntilAsync("starling_lease_age_seconds 2");
    }

    [Fact]
    public async Task Messages_to_nobody_and_failures_of_actors_are_counted()
    {
        Start();
        Assert.Contains("starling_dead_letters_total 0", await MetricsAsync());
        IActorRef failing = Sys.ActorOf(Props.Create(() => new FailingActor()));
        Sys.EventStream.Publish(new DeadLetter("lost", TestActor, TestActor));
        Sys.Log.Error(new IOException("no actor failed"), "an error of another kind");
        failing.Tell("fail");
        await UntilAsync("starling_actor_failures_total 1");
        await UntilAsync("starling_dead_letters_total 1");
    }

    private Task UntilAsync(string line) => AwaitAssertAsync(
        async () => Assert.Contains(line, await MetricsAsync()), Timeout,
        cancellationToken: TestContext.Current.CancellationToken);

    private async Task<string[]> MetricsAsync()
    {
        using MemoryStream text = new();
        await _metrics.Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }

    private IActorRef Start()
    {
        IActorRef guard = Sys.ActorOf(Props.Create(() => new MembershipGuard(
            _fence, _metrics.Cluster, TimeSpan.FromSeconds(10), _time)));
        Settle(guard);
        return guard;
    }

    private sealed class FailingActor : UntypedActor
    {
        protected override void OnReceive(object message) => throw new InvalidOperationException("it fails");
    }

    private Task<string> ReasonAsync() => _fence.Closed.WaitAsync(Timeout, TestContext.Current.CancellationToken);
}
