using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Loading;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;

namespace Starling.Actors.Tests.Training;

public sealed class BatchFeederTests : ActorTests
{
    private static readonly TimeSpan LoaderPatience = TimeSpan.FromSeconds(10);
    private readonly Channel<StepBatch> _steps = Channel.CreateBounded<StepBatch>(2);
    private readonly List<LoaderProtocol.Failed> _failures = [];
    private readonly TestProbe _one, _other;
    private readonly IActorRef _feeder;

    public BatchFeederTests() : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        (_one, _other) = (CreateTestProbe(), CreateTestProbe());
        BatchFeeder.Plan plan = new(FirstStep: 5, EndStep: 8, [0, 1, 6], [_one, _other], StepsAhead: 2, LoaderPatience);
        _feeder = Sys.ActorOf(Props.Create(() => new BatchFeeder(plan, _steps.Writer, _failures.Add)));
    }

    [Fact]
    public void Loaders_take_turns_and_no_more_is_asked_for_than_there_is_room()
    {
        Asked(_one, (5, 0), (5, 6), (6, 1));
        Asked(_other, (5, 1), (6, 0), (6, 6));
        NothingAsked();
        _feeder.Tell(new BatchFeeder.Taken(5));
        Asked(_one, (7, 0), (7, 6));
        Asked(_other, (7, 1));
        // Step 8 is not the run's any more.
        _feeder.Tell(new BatchFeeder.Taken(7));
        NothingAsked();
    }

    [Fact]
    public void Steps_come_in_order_with_shares_in_replica_order_however_loaders_answer()
    {
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(6, 6), (5, 1), (6, 0), (5, 6), (6, 1)])
            Answer(step, replica);
        Settle(_feeder);
        Assert.False(_steps.Reader.TryRead(out _));
        Answer(5, 0);
        Settle(_feeder);
        foreach (long step in (long[])[5, 6])
        {
            Assert.True(_steps.Reader.TryRead(out StepBatch? batch));
            Assert.Equal(step, batch.Step);
            Assert.Equal([(step, 0), (step, 1), (step, 6)], batch.Replicas.Select(r => (r.Step, r.Replica)));
        }
    }

    [Fact]
    public void A_share_that_does_not_come_is_asked_for_again_elsewhere_and_taken_once()
    {
        Asked(_one, (5, 0), (5, 6), (6, 1));
        Asked(_other, (5, 1), (6, 0), (6, 6));
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(5, 1), (5, 6), (6, 0), (6, 1), (6, 6)])
            Answer(step, replica);
        Settle(_feeder);
        Pass(LoaderPatience);
        NothingAsked();
        Pass(LoaderPatience);
        Asked(_one, (5, 0));
        NothingAsked();
        Pass(LoaderPatience);
        Pass(LoaderPatience);
        Asked(_other, (5, 0));

        Answer(5, 0);
        Answer(5, 0);
        Settle(_feeder);
        Assert.Equal(2, _steps.Reader.Count);
        Pass(2 * LoaderPatience);
        Pass(2 * LoaderPatience);
        NothingAsked();
    }

    [Fact]
    public void What_was_never_asked_for_is_dropped()
    {
        Answer(4, 0);
        Answer(5, 3);
        Settle(_feeder);
        Assert.False(_steps.Reader.TryRead(out _));
    }

    [Fact]
    public void A_loaders_failure_is_passed_on()
    {
        _feeder.Tell(new LoaderProtocol.Failed("disk gone", UserMistake: false));
        Settle(_feeder);
        Assert.Equal("disk gone", Assert.Single(_failures).Reason);
    }

    private static void Asked(TestProbe loader, params (long, int)[] expected) => Assert.Equal(expected,
        expected.Select(_ => loader.ExpectMsg<LoaderProtocol.Request>(Patience)).Select(r => (r.Step, r.Replica)));

    private void NothingAsked()
    {
        Settle(_feeder);
        Assert.False(_one.HasMessages);
        Assert.False(_other.HasMessages);
    }

    private void Answer(long step, int replica) =>
        _feeder.Tell(new LoaderProtocol.Loaded(TestBatches.Empty(step, replica)));

    private void Pass(TimeSpan time)
    {
        Settle(_feeder);
        ((TestScheduler)Sys.Scheduler).Advance(time);
        Settle(_feeder);
    }
}
