using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Clustering;

public sealed class TopActorWatchTests : ActorTests
{
    private readonly Fence _fence = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // as the actors of roles, which are made once the node has joined
    public async Task A_node_one_of_whose_actors_has_ended_is_out(bool later)
    {
        IActorRef? trainer = later ? null : Sys.ActorOf(Props.Create<Idle>(), ActorNames.Trainer);
        IActorRef watch = Start();
        trainer ??= Sys.ActorOf(Props.Create<Idle>(), ActorNames.Trainer);
        Sys.EventStream.Publish(NodeProtocol.Started.Instance);
        Settle(watch);
        Assert.False(_fence.IsClosed);
        Sys.Stop(trainer);
        Assert.Equal("its actor trainer has ended",
            await _fence.Closed.WaitAsync(Timeout, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void An_actor_that_fails_is_started_again_and_one_of_a_node_that_ends_is_no_reason()
    {
        IActorRef loader = Sys.ActorOf(Props.Create<Idle>(), ActorNames.Loader);
        IActorRef watch = Start();
        loader.Tell("fail");
        Settle(loader);
        Settle(watch);
        Assert.False(_fence.IsClosed);
        Watch(watch);
        Sys.EventStream.Publish(NodeProtocol.Ending.Instance);
        ExpectTerminated(watch, Timeout);
        Watch(loader);
        Sys.Stop(loader);
        ExpectTerminated(loader, Timeout);
        Assert.False(_fence.IsClosed);
    }

    private IActorRef Start()
    {
        IActorRef watch = Sys.ActorOf(Props.Create(() => new TopActorWatch(_fence)), ActorNames.TopWatch);
        Settle(watch);
        return watch;
    }

    private sealed class Idle : ReceiveActor
    {
        public Idle() => Receive<string>(_ => throw new InvalidOperationException("as told"));
    }
}
