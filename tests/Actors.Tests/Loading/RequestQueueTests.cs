using Akka.Actor;
using Starling.Actors.Loading;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Loading;

public sealed class RequestQueueTests : ActorTests
{
    private readonly RequestQueue _queue = new();
    private readonly IActorRef _one, _other;

    public RequestQueueTests() => (_one, _other) = (Sys.ActorOf(Props.Empty), Sys.ActorOf(Props.Empty));

    [Fact]
    public void First_come_first_served_and_each_share_is_begun_once()
    {
        _queue.Add(new(3, 0), _one);
        _queue.Add(new(1, 0), _other);
        _queue.Add(new(3, 0), _one);
        _queue.Add(new(3, 0), _other);
        Assert.Equal([new(3, 0), new(1, 0)], Begun());
        Assert.Equal(2, _queue.InWork);
        Assert.Equal([_one, _other], _queue.Finish(new(3, 0)));
        Assert.Equal([_other], _queue.Finish(new(1, 0)));
        Assert.Equal(0, _queue.InWork);
    }

    [Fact]
    public void What_nobody_waits_for_is_not_begun()
    {
        _queue.Add(new(1, 0), _one);
        _queue.Add(new(2, 0), _one);
        _queue.Add(new(2, 0), _other);
        _queue.Add(new(3, 0), _other);
        _queue.Withdraw(new ShareKey(3, 0), _other);
        _queue.Withdraw(_one);
        Assert.Equal([new(2, 0)], Begun());
        Assert.Equal([_other], _queue.Finish(new(2, 0)));
    }

    [Fact]
    public void What_is_withdrawn_while_it_is_made_goes_to_nobody_or_to_whoever_asks_in_time()
    {
        _queue.Add(new(1, 0), _one);
        _queue.Add(new(2, 0), _one);
        Begun();
        _queue.Withdraw(_one);
        _queue.Add(new(2, 0), _other);
        Assert.Empty(Begun());
        Assert.Empty(_queue.Finish(new(1, 0)));
        Assert.Equal([_other], _queue.Finish(new(2, 0)));
    }

    [Fact]
    public void A_share_that_was_withdrawn_and_asked_for_again_is_made_once()
    {
        _queue.Add(new(1, 0), _one);
        _queue.Withdraw(new ShareKey(1, 0), _one);
        _queue.Add(new(1, 0), _one);
        Assert.Equal([new(1, 0)], Begun());
    }

    [Fact]
    public void Clearing_names_everybody_who_waits_and_for_what()
    {
        _queue.Add(new(1, 0), _one);
        _queue.Add(new(2, 0), _one);
        _queue.Add(new(2, 0), _other);
        Begun();
        Assert.Equal([(new ShareKey(1, 0), _one), (new(2, 0), _one), (new(2, 0), _other)], _queue.Clear());
        Assert.Equal(0, _queue.InWork);
        Assert.Empty(Begun());
    }

    private List<ShareKey> Begun()
    {
        List<ShareKey> begun = [];
        while (_queue.TryBegin(out ShareKey? key)) begun.Add(key);
        return begun;
    }
}
