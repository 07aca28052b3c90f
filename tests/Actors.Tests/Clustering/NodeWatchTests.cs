using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.TestKit;
using Starling.Actors.Clustering;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class NodeWatchTests : ClusterActorTests
{
    private static readonly Address Other = new("akka.tcp", "starling", "10.0.0.2", 4000);

    [Fact]
    public void A_broken_connection_to_a_process_that_has_ended_is_the_end_of_its_node()
    {
        TestProbe news = Start(_ => true);
        Break(Other);
        Assert.Equal(Other, news.ExpectMsg<NodeNews.Lost>(Timeout).Node);
    }

    [Fact]
    public void A_broken_connection_alone_says_nothing()
    {
        TestProbe news = Start(node =>
            node == Other ? throw new InvalidOperationException("no route") : node.Port == 2);
        Break(Other.WithPort(1));
        Break(Other);
        Break(Other.WithPort(2));
        Assert.Equal(2, news.ExpectMsg<NodeNews.Lost>(Timeout).Node.Port); // the first news there is
    }

    [Fact]
    public async Task A_member_whose_process_has_ended_is_taken_out_at_once_and_others_are_left_to_the_resolver()
    {
        await JoinAsync();
        Address first = (await MemberAsync()).SelfAddress, second = (await MemberAsync()).SelfAddress;
        int asked = 0;
        TestProbe news = Start(node =>
        {
            if (node == second) Interlocked.Increment(ref asked);
            return node == first;
        });
        foreach (Address node in (Address[])[second, first]) Break(node);
        news.FishForMessage(m =>
        {
            Assert.False(m is NodeNews.Lost early && early.Node == second);
            return m is NodeNews.Lost gone && gone.Node == first;
        }, Timeout);
        AwaitAssert(() => Assert.DoesNotContain(Cluster.State.Members, m => m.Address == first), Timeout);
        // The watch asks about a node again only when it has dealt with the answer to the first question.
        AwaitAssert(() =>
        {
            Break(second);
            Assert.True(Volatile.Read(ref asked) > 1);
        }, Timeout);
        Assert.DoesNotContain(Received(news), m => m is NodeNews.Lost gone && gone.Node == second);
        Assert.Contains(Cluster.State.Members, m => m.Address == second);
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_reported_before_anything_is_decided_about_it()
    {
        await JoinAsync();
        TestProbe news = Start(_ => false);
        Address silent = await SilentAsync();
        Assert.Equal(silent, news.ExpectMsg<NodeNews.Silent>(Timeout).Node);
        Cluster.Down(silent);
        news.FishForMessage(m => m is NodeNews.Lost gone && gone.Node == silent, Timeout);
    }

    private TestProbe Start(Func<Address, bool> hasEnded)
    {
        TestProbe news = CreateTestProbe();
        foreach (Type kind in (Type[])[typeof(NodeNews.Lost), typeof(NodeNews.Silent), typeof(NodeNews.Back)])
            Sys.EventStream.Subscribe(news, kind);
        Settle(Sys.ActorOf(Props.Create(() => new NodeWatch(node => Task.Run(() => hasEnded(node))))));
        return news;
    }

    private void Break(Address node) => Sys.EventStream.Publish(
        new DisassociatedEvent(Cluster.SelfAddress, node, inbound: false));
}
