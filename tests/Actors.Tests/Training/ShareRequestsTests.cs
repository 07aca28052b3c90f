using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data;
using Starling.Data.Randomness;

namespace Starling.Actors.Tests.Training;

public sealed class ShareRequestsTests : ActorTests
{
    private const int Ticks = 2;

    private readonly ShareRequests _requests = new(Ticks);
    private readonly IActorRef _one, _other;

    public ShareRequestsTests() =>
        (_one, _other) = (Sys.ActorOf(Props.Empty, "one"), Sys.ActorOf(Props.Empty, "other"));

    /// <summary>A second request would only double the work of loaders that are busy already.</summary>
    [Fact]
    public void A_loader_that_is_busy_with_earlier_requests_is_not_late()
    {
        _requests.ReplaceLoaders([_one, _other]);
        for (int step = 0; step < 20; step++) _requests.Want(new ShareKey(step, 0));
        Assert.Equal(20, _requests.TakeNext().Count);
        for (int step = 0; step < 18; step++)
        {
            _requests.Tick();
            _requests.NoteAnswer(_one);
            _requests.NoteAnswer(_other);
            Assert.Empty(_requests.TakeNext());
            _requests.Complete(new ShareKey(step, 0), step % 2 == 0 ? _one : _other);
        }
    }

    [Fact]
    public void An_idle_loader_takes_over_what_a_slow_one_has_had_for_long()
    {
        _requests.ReplaceLoaders([_one, _other]);
        for (int step = 0; step < 4; step++) _requests.Want(new ShareKey(step, 0));
        Assert.Equal([_one, _other, _one, _other], _requests.TakeNext().Select(n => n.Loader));
        foreach (int step in (int[])[1, 3]) Assert.Empty(_requests.Complete(new ShareKey(step, 0), _other));
        for (int tick = 0; tick < 3; tick++)
        {
            _requests.NoteAnswer(_one); // it lives
            Assert.Empty(_requests.TakeNext());
            _requests.Tick();
        }
        _requests.NoteAnswer(_one);
        // The first share that is waited for; with it, the other loader is not idle any more.
        Assert.Equal([(new ShareKey(0, 0), _other)], _requests.TakeNext());
        Assert.Equal([_one], _requests.Complete(new ShareKey(0, 0), _other));
    }

    [Fact]
    public void The_only_loader_is_asked_again_when_it_is_silent()
    {
        _requests.ReplaceLoaders([_one]);
        _requests.Want(new ShareKey(0, 0));
        Assert.Single(_requests.TakeNext());
        for (int tick = 0; tick < Ticks; tick++)
        {
            _requests.Tick();
            Assert.Empty(_requests.TakeNext());
        }
        _requests.Tick();
        Assert.Equal([(new ShareKey(0, 0), _one)], _requests.TakeNext());
        Assert.Empty(_requests.TakeNext());
    }

    /// <summary>Loaders come, go, fail, answer late or never; one loader always works.</summary>
    [Fact]
    public void Whatever_loaders_do_every_share_comes_and_none_is_forgotten()
    {
        KeyedRandom random = TestSeed.New();
        for (int round = 0; round < 300; round++) Simulate(ref random);
    }

    private void Simulate(ref KeyedRandom random)
    {
        ShareRequests requests = new(Ticks);
        IActorRef[] loaders = [_one, _other, TestActor];
        List<(ShareKey Key, IActorRef Loader)> open = [];
        HashSet<ShareKey> wanted = [];
        requests.ReplaceLoaders(loaders);
        for (int step = 0; step < 10; step++)
        {
            ShareKey key = new(step, random.Below(4));
            requests.Want(key);
            wanted.Add(key);
        }
        for (int moves = 0; wanted.Count > 0; moves++)
        {
            Assert.True(moves < 2000, $"{wanted.Count} shares never came");
            foreach ((ShareKey key, IActorRef loader) in requests.TakeNext())
            {
                Assert.Contains(key, wanted);
                if (!open.Contains((key, loader))) open.Add((key, loader));
            }
            IActorRef faulty = loaders[random.Below(2)]; // the third one works
            switch (random.Below(12))
            {
                case 0: requests.RemoveLoader(faulty); open.RemoveAll(o => o.Loader.Equals(faulty)); break;
                case 1: Fail(faulty, FaultScope.Node); break;
                case 6: requests.Resume(faulty); break;
                case 7: Fail(faulty, FaultScope.Request); break;
                case 2: requests.ReplaceLoaders(loaders); break;
                case 3: open.RemoveAll(o => o.Loader.Equals(faulty)); break; // restarted, and said nothing
                case 4: requests.Tick(); break;
                default: Answer(ref random); break;
            }
        }
        Assert.Empty(requests.TakeNext());

        // The answers to the other requests come as well, as a loader answers each by itself.
        void Fail(IActorRef loader, FaultScope scope)
        {
            if (open.FindIndex(o => o.Loader.Equals(loader)) is var at && at < 0) return;
            ShareKey key = open[at].Key;
            open.RemoveAt(at);
            if (scope == FaultScope.Node) requests.Pause(key, loader);
            else requests.Refuse(new LoaderProtocol.Failed(key.Step, key.Replica, "damaged", scope), loader);
            Assert.Null(requests.RefusedByAll); // one loader works
        }

        void Answer(ref KeyedRandom random)
        {
            if (open.Count == 0) return;
            (ShareKey key, IActorRef loader) = open[random.Below(open.Count)];
            open.Remove((key, loader));
            requests.NoteAnswer(loader);
            Assert.Equal(wanted.Remove(key), requests.IsWanted(key));
            foreach (IActorRef other in requests.Complete(key, loader)) open.Remove((key, other));
        }
    }
}
