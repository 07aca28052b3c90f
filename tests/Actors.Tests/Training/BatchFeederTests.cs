using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Protocol;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data;

namespace Starling.Actors.Tests.Training;

public sealed class BatchFeederTests : ActorTests
{
    private static readonly TimeSpan LoaderTimeout = TimeSpan.FromSeconds(10);
    private readonly Channel<StepBatch> _steps = Channel.CreateBounded<StepBatch>(2);
    private readonly List<LoaderProtocol.Failed> _failures = [];
    private readonly List<string> _waits = [];
    private readonly TestProbe _one, _other;
    private readonly IActorRef _feeder;
    private readonly StepQueueReader _reader;

    public BatchFeederTests() : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        (_one, _other) = (CreateTestProbe(), CreateTestProbe());
        BatchFeeder.Plan plan = new(FirstStep: 5, EndStep: 8, [0, 1, 6], [_one, _other], StepsAhead: 2, LoaderTimeout);
        _feeder = Sys.ActorOf(Props.Create(() => new BatchFeeder(plan, _steps, _failures.Add, _waits.Add)));
        _reader = new StepQueueReader(_steps.Reader, _feeder);
    }

    [Fact]
    public void Loaders_take_turns_and_no_more_is_asked_for_than_there_is_room()
    {
        AllAsked();
        NothingAsked();
        AnswerStep(5);
        NothingAsked(); // the step is there, but not taken
        Take(5);
        Asked(_one, (7, 0), (7, 6));
        Asked(_other, (7, 1));
        AnswerStep(6);
        AnswerStep(7);
        Take(6);
        Take(7);
        NothingAsked(); // step 8 is not the run's any more
    }

    [Fact]
    public void Whoever_answers_sooner_is_asked_for_more()
    {
        AllAsked();
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(5, 0), (5, 6), (6, 1)])
            Answer(step, replica, _one);
        Answer(5, 1, _other);
        Take(5);
        Asked(_one, (7, 0), (7, 1));
        Asked(_other, (7, 6));
        NothingAsked();
    }

    [Fact]
    public void Steps_come_in_order_with_shares_in_replica_order_however_loaders_answer()
    {
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(6, 6), (5, 1), (6, 0), (5, 6), (6, 1)])
            Answer(step, replica, _one);
        Settle(_feeder);
        Assert.False(_steps.Reader.TryRead(out _));
        Answer(5, 0, _one);
        Settle(_feeder);
        foreach (long step in (long[])[5, 6])
        {
            Assert.True(_steps.Reader.TryRead(out StepBatch? batch));
            Assert.Equal(step, batch.Step);
            Assert.Equal([(step, 0), (step, 1), (step, 6)], batch.Replicas.Select(r => (r.Step, r.Replica)));
        }
    }

    [Fact]
    public void Tokens_that_come_in_parts_are_put_together()
    {
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(5, 1), (5, 6)]) Answer(step, replica, _one);
        TokenShare share = new(5, 0, 1, 60_000, new int[120_000], [1, 2], []);
        IReadOnlyList<LoaderProtocol.LoadedTokens> parts = TokenParts.Split(share);
        Assert.Equal(2, parts.Count);
        _feeder.Tell(parts[1], _other);
        Settle(_feeder);
        Assert.Equal(0, _steps.Reader.Count);
        _feeder.Tell(parts[0], _one);
        Settle(_feeder);
        Assert.True(_steps.Reader.TryRead(out StepBatch? batch));
        Assert.Equal([1, 2], Assert.IsType<TokenShare>(batch.Replicas[0]).Labels);
    }

    [Fact]
    public void A_share_that_does_not_come_is_asked_for_again_elsewhere_and_taken_once()
    {
        AllAsked();
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(5, 1), (5, 6), (6, 0), (6, 1), (6, 6)])
            Answer(step, replica, replica == 6 && step == 5 ? _one : _other);
        Settle(_feeder);
        Assert.Equal(0, _steps.Reader.Count);
        Drain();
        Pass(LoaderTimeout);
        NothingAsked();
        Pass(LoaderTimeout);
        Asked(_other, (5, 0));
        NothingAsked();

        Answer(5, 0, _one);
        // The other loader is told that it need not make the share any more.
        Assert.Equal(new LoaderProtocol.Withdraw(5, 0), _other.ExpectMsg<LoaderProtocol.Withdraw>(Timeout));
        Answer(5, 0, _other);
        Settle(_feeder);
        Assert.Equal(2, _steps.Reader.Count);
        Pass(2 * LoaderTimeout);
        Pass(2 * LoaderTimeout);
        NothingAsked();
    }

    [Fact]
    public void What_a_dead_loader_was_asked_for_is_asked_of_the_others_at_once()
    {
        AllAsked();
        Answer(5, 0, _one);
        Settle(_feeder);
        Sys.Stop(_one);
        Asked(_other, (5, 6), (6, 1));
        NothingAsked();
    }

    [Fact]
    public void A_loader_that_joins_takes_over_nothing_but_gets_what_is_asked_from_now_on()
    {
        AllAsked();
        TestProbe late = CreateTestProbe();
        _feeder.Tell(new BatchFeeder.LoadersChanged([_one, _other, late]));
        NothingAsked();
        Assert.False(late.HasMessages);
        AnswerStep(5);
        Take(5);
        Asked(late, (7, 0), (7, 6));
        Asked(_one, (7, 1));
    }

    [Fact]
    public void A_loader_that_is_not_on_the_list_any_more_is_dropped_and_with_none_left_the_feeder_waits()
    {
        AllAsked();
        _feeder.Tell(new BatchFeeder.LoadersChanged([_other]));
        Asked(_other, (5, 0), (5, 6), (6, 1));
        _feeder.Tell(new BatchFeeder.LoadersChanged([]));
        Pass(3 * LoaderTimeout);
        NothingAsked();
        _feeder.Tell(new BatchFeeder.LoadersChanged([_one]));
        Asked(_one, (5, 0), (5, 1), (5, 6), (6, 0), (6, 1), (6, 6));
    }

    [Fact]
    public void What_was_never_asked_for_is_dropped()
    {
        Answer(4, 0, _one);
        Answer(5, 3, _one);
        foreach (LoaderProtocol.LoadedTokens part in TokenParts.Split(new TokenShare(9, 9, 1, 1, new int[1], [1], [])))
            _feeder.Tell(part, _one);
        Settle(_feeder);
        Assert.False(_steps.Reader.TryRead(out _));
    }

    [Fact]
    public void What_holds_for_every_loader_is_passed_on_at_once()
    {
        AllAsked();
        Fail(_one, 5, 0, FaultScope.Run, "too large for a message");
        Fail(_one, 5, 6, FaultScope.Run, "too large for a message");
        Settle(_feeder);
        Assert.Equal("too large for a message", Assert.Single(_failures).Reason);
    }

    /// <summary>Another loader may have a good copy of a damaged file.</summary>
    [Fact]
    public void A_share_that_one_loader_cannot_make_is_asked_of_the_others_and_given_up_only_when_all_have_said_so()
    {
        AllAsked();
        TestProbe late = CreateTestProbe();
        Fail(_one, 5, 0, FaultScope.Request, "shard.parquet is damaged");
        Asked(_other, (5, 0));
        _feeder.Tell(new BatchFeeder.LoadersChanged([_one, _other, late]));
        Fail(_other, 5, 0, FaultScope.Request, "shard.parquet is damaged here too");
        Asked(late, (5, 0));
        Settle(_feeder);
        Assert.Empty(_failures);
        Fail(late, 5, 0, FaultScope.Request, "shard.parquet is damaged everywhere");
        Settle(_feeder);
        Assert.Equal("shard.parquet is damaged everywhere", Assert.Single(_failures).Reason);
    }

    [Fact]
    public void A_good_copy_on_any_loader_is_enough()
    {
        AllAsked();
        Fail(_one, 5, 0, FaultScope.Request, "shard.parquet is damaged");
        Asked(_other, (5, 0));
        foreach (int replica in (int[])[0, 1, 6]) Answer(5, replica, _other);
        Take(5);
        Assert.Empty(_failures);
    }

    [Fact]
    public void A_share_is_given_up_too_when_the_last_loader_that_could_make_it_ends()
    {
        AllAsked();
        Fail(_one, 5, 0, FaultScope.Request, "shard.parquet is damaged");
        Asked(_other, (5, 0));
        Sys.Stop(_other);
        AwaitAssert(() =>
        {
            Settle(_feeder);
            Assert.Equal("shard.parquet is damaged", Assert.Single(_failures).Reason);
        }, Timeout);
    }

    /// <summary>A loader that was killed is back within seconds, and may have a good copy of the file.</summary>
    [Fact]
    public void A_share_that_all_present_loaders_refuse_is_not_given_up_while_another_node_s_may_come_back()
    {
        BatchFeeder.Plan plan = new(FirstStep: 5, EndStep: 8, [0], [_one, _other], StepsAhead: 1, LoaderTimeout)
        {
            OthersMayCome = true,
        };
        Sys.Stop(_feeder);
        Channel<StepBatch> steps = Channel.CreateBounded<StepBatch>(1);
        IActorRef feeder = Sys.ActorOf(Props.Create(() => new BatchFeeder(plan, steps, _failures.Add, _waits.Add)));
        Settle(feeder);
        feeder.Tell(new BatchFeeder.LoadersChanged([_one])); // the other one was killed
        feeder.Tell(new LoaderProtocol.Failed(5, 0, "shard.parquet is damaged", FaultScope.Request), _one);
        Settle(feeder);
        Assert.Empty(_failures);
        Assert.Contains("shard.parquet is damaged", _waits);
        for (int tick = 0; tick < 2; tick++) Tick();
        Assert.Empty(_failures);
        Tick();
        Assert.Equal("shard.parquet is damaged", Assert.Single(_failures).Reason);

        void Tick()
        {
            Settle(feeder);
            ((TestScheduler)Sys.Scheduler).Advance(LoaderTimeout / 2);
            Settle(feeder);
        }
    }

    [Fact]
    public void A_loader_whose_node_fails_is_replaced_by_the_others_and_tried_again_with_one_share()
    {
        AllAsked();
        foreach ((long step, int replica) in (ReadOnlySpan<(long, int)>)[(5, 0), (5, 6), (6, 1)])
            Fail(_one, step, replica, FaultScope.Node, "disk gone");
        Asked(_other, (5, 0), (5, 6), (6, 1));
        NothingAsked();
        Assert.Empty(_waits);
        foreach (int replica in (int[])[0, 1, 6]) Answer(5, replica, _other);
        Advance(TimeSpan.FromSeconds(0.2));
        Take(5);
        Asked(_one, (7, 0)); // a trial
        Asked(_other, (7, 1), (7, 6));
        NothingAsked();
    }

    /// <summary>0.2 s, then twice as long each time, up to 10 s; for ever.</summary>
    [Fact]
    public void While_the_nodes_of_all_loaders_fail_they_are_tried_after_growing_pauses_and_nothing_is_given_up()
    {
        AllAsked();
        _feeder.Tell(new BatchFeeder.LoadersChanged([_one]));
        Asked(_one, (5, 1), (6, 0), (6, 6));
        foreach (long step in (long[])[5, 6])
            foreach (int replica in (int[])[0, 1, 6]) Fail(_one, step, replica, FaultScope.Node, "disk gone");
        foreach (double pause in (double[])[0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10])
        {
            NothingAsked();
            Advance(TimeSpan.FromSeconds(pause - 0.01));
            NothingAsked();
            Advance(TimeSpan.FromSeconds(0.01));
            Asked(_one, (5, 0));
            NothingAsked();
            Fail(_one, 5, 0, FaultScope.Node, "disk still gone");
        }
        Assert.Empty(_failures);
        Assert.Equal(["disk gone", "disk still gone"], _waits.Distinct());

        Advance(TimeSpan.FromSeconds(10));
        Asked(_one, (5, 0));
        Answer(5, 0, _one); // the disk works again
        Settle(_feeder);
        Advance(LoaderTimeout / 2);
        Asked(_one, (5, 1), (5, 6), (6, 0), (6, 1), (6, 6));
    }

    private void AllAsked()
    {
        Asked(_one, (5, 0), (5, 6), (6, 1));
        Asked(_other, (5, 1), (6, 0), (6, 6));
    }

    private static void Asked(TestProbe loader, params (long, int)[] expected) => Assert.Equal(expected,
        expected.Select(_ => loader.ExpectMsg<LoaderProtocol.Request>(Timeout)).Select(r => (r.Step, r.Replica)));

    private void NothingAsked()
    {
        Settle(_feeder);
        Assert.False(_one.HasMessages);
        Assert.False(_other.HasMessages);
    }

    private void Drain()
    {
        foreach (TestProbe loader in (TestProbe[])[_one, _other])
            while (loader.HasMessages) Assert.IsType<LoaderProtocol.Withdraw>(loader.ReceiveOne(Timeout));
    }

    private void Answer(long step, int replica, IActorRef loader) =>
        _feeder.Tell(new LoaderProtocol.Loaded(TestBatches.Empty(step, replica)), loader);

    private void Fail(IActorRef loader, long step, int replica, FaultScope scope, string reason) =>
        _feeder.Tell(new LoaderProtocol.Failed(step, replica, reason, scope), loader);

    private void Advance(TimeSpan time)
    {
        Settle(_feeder);
        ((TestScheduler)Sys.Scheduler).Advance(time);
        Settle(_feeder);
    }

    /// <summary>Answers a step's requests, each from the loader that was asked first.</summary>
    private void AnswerStep(long step)
    {
        Answer(step, 0, step == 6 ? _other : _one);
        Answer(step, 1, step == 6 ? _one : _other);
        Answer(step, 6, step == 6 ? _other : _one);
    }

    /// <summary>Takes a step out of the channel, as the trainer does.</summary>
    private void Take(long step)
    {
        Settle(_feeder);
        Assert.True(_reader.TryRead(out StepBatch? batch));
        Assert.Equal(step, batch.Step);
    }

    private void Pass(TimeSpan time)
    {
        // The time passes in small steps, because a timer that restarts itself fires only once in a step.
        TimeSpan tick = LoaderTimeout / 2;
        for (TimeSpan passed = default; passed < time; passed += tick)
        {
            Settle(_feeder);
            ((TestScheduler)Sys.Scheduler).Advance(tick);
        }
        Settle(_feeder);
    }
}
