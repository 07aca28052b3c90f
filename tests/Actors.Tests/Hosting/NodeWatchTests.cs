using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.TestKit;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

public sealed class NodeWatchTests() : ActorTests(Profile)
{
    private const string Profile = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster {
          gossip-interval = 200ms, leader-actions-interval = 200ms, run-coordinated-shutdown-when-down = off
          periodic-tasks-initial-delay = 100ms
          failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
          downing-provider-class = ""
        }
        """;

    private static readonly Address Other = new("akka.tcp", "starling", "10.0.0.2", 4000);
    private readonly List<ActorSystem> _others = [];

    [Fact]
    public void A_broken_connection_to_a_process_that_has_ended_is_the_end_of_its_node()
    {
        TestProbe news = Start(_ => true);
        Break(Other);
        Assert.Equal(Other, news.ExpectMsg<NodeNews.Gone>(Patience).Node);
    }

    [Fact]
    public void A_broken_connection_alone_says_nothing()
    {
        TestProbe news = Start(node =>
            node == Other ? throw new InvalidOperationException("no route") : node.Port == 2);
        Break(Other.WithPort(1));
        Break(Other);
        Break(Other.WithPort(2));
        Assert.Equal(2, news.ExpectMsg<NodeNews.Gone>(Patience).Node.Port); // the first news there is
    }

    [Fact]
    public async Task A_member_whose_process_has_ended_is_taken_out_at_once_and_others_are_left_to_the_resolver()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        Address first = await MemberAsync(cluster), second = await MemberAsync(cluster);
        TestProbe news = Start(node => node == first);
        foreach (Address node in (Address[])[second, first]) Break(node);
        news.FishForMessage(m => m is NodeNews.Gone gone && gone.Node == first, Patience);
        AwaitAssert(() => Assert.DoesNotContain(cluster.State.Members, m => m.Address == first), Patience);
        Assert.DoesNotContain(news.ReceiveWhile<object>(m => m, TimeSpan.FromMilliseconds(50)),
            m => m is NodeNews.Gone gone && gone.Node == second);
        Assert.Contains(cluster.State.Members, m => m.Address == second);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_reported_before_anything_is_decided_about_it()
    {
        Cluster cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        TestProbe news = Start(_ => false);
        Address silent = await MemberAsync(cluster, thenEnds: true);
        Assert.Equal(silent, news.ExpectMsg<NodeNews.Silent>(Patience).Node);
        // On a slow machine the first silence may have been one before the end.
        AwaitAssert(() => Assert.Contains(cluster.State.Unreachable, m => m.Address == silent), Patience);
        cluster.Down(silent);
        news.FishForMessage(m => m is NodeNews.Gone gone && gone.Node == silent, Patience);
    }

    private TestProbe Start(Func<Address, bool> hasEnded)
    {
        TestProbe news = CreateTestProbe();
        foreach (Type kind in (Type[])[typeof(NodeNews.Gone), typeof(NodeNews.Silent), typeof(NodeNews.Back)])
            Sys.EventStream.Subscribe(news, kind);
        Settle(Sys.ActorOf(Props.Create(() => new NodeWatch(node => Task.Run(() => hasEnded(node))))));
        return news;
    }

    private void Break(Address node) => Sys.EventStream.Publish(
        new DisassociatedEvent(Cluster.Get(Sys).SelfAddress, node, inbound: false));

    /// <summary>Another member, in this process; one that ends does so without a word.</summary>
    private async Task<Address> MemberAsync(Cluster first, bool thenEnds = false)
    {
        ActorSystem system = ActorSystem.Create(Sys.Name,
            """
            akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.run-by-actor-system-terminate = off }

            """ + Profile);
        Cluster cluster = Cluster.Get(system);
        await cluster.JoinAsync(first.SelfAddress, TestContext.Current.CancellationToken).WaitAsync(Patience);
        AwaitAssert(() => Assert.Contains(first.State.Members,
            m => m.Address == cluster.SelfAddress && m.Status == MemberStatus.Up), Patience);
        if (thenEnds) await system.Terminate();
        else _others.Add(system);
        return cluster.SelfAddress;
    }

    protected override void AfterAll()
    {
        foreach (ActorSystem system in _others) system.Terminate().Wait(Patience);
        base.AfterAll();
    }
}
