using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Configuration;
using Starling.Actors.Loading;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data.Batches;
using Starling.Data.Images;

namespace Starling.Actors.Tests.Loading;

public sealed class ShardLoaderTests(TinyAssets assets) : ActorTests
{
    [Fact]
    public void Each_request_is_answered_once_with_what_a_factory_makes()
    {
        IActorRef loader = Start(Options());
        BatchFactory factory = TestBatches.Factory(Options());
        (long, int)[] asked = [.. from step in (long[])[3, 0, 7] from replica in (int[])[5, 2, 0] select (step,
            replica)];
        foreach ((long step, int replica) in asked) loader.Tell(new LoaderProtocol.Request(step, replica), TestActor);
        ReplicaBatch[] answers = [.. asked.Select(_ => ExpectMsg<LoaderProtocol.Loaded>(Timeout).Batch)];
        Assert.Equal(asked.Order(), answers.Select(batch => (batch.Step, batch.Replica)).Order());
        foreach (ReplicaBatch batch in answers)
            Assert.Equal(factory.Create(batch.Step, batch.Replica).Pixels, batch.Pixels);
    }

    [Fact]
    public void Everybody_gets_what_they_asked_for_themselves()
    {
        IActorRef loader = Start(Options());
        TestProbe one = CreateTestProbe(), other = CreateTestProbe();
        for (int replica = 0; replica < 8; replica++)
            loader.Tell(new LoaderProtocol.Request(0, replica), replica % 2 == 0 ? one : other);
        Assert.Equal([0, 2, 4, 6], Replicas(one));
        Assert.Equal([1, 3, 5, 7], Replicas(other));

        static IEnumerable<int> Replicas(TestProbe asker) => Enumerable.Range(0, 4)
            .Select(_ => asker.ExpectMsg<LoaderProtocol.Loaded>(Timeout).Batch.Replica).Order();
    }

    [Fact]
    public void A_loader_offers_itself_until_it_is_heard()
    {
        TestProbe supervisor = CreateTestProbe();
        IActorRef loader = Sys.ActorOf(Props.Create(() =>
            new ShardLoader("l", TestIdentity.Run, () => Open(Options(), null), 4, supervisor, ActorRefs.Nobody)));
        Assert.Equal(loader, supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout).Actor);
        Assert.Equal(loader, supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout).Actor);
    }

    [Fact]
    public void Damaged_data_is_the_users_business_for_all_who_ask()
    {
        using TestFolder folder = new();
        ChangedShard.WriteDamaged(assets, folder["hollow.parquet"]);
        IActorRef loader = Start(Options() with
        {
            Data = Options().Data with { Files = [folder["hollow.parquet"]], HoldOut = 0 },
        });
        for (int replica = 0; replica < 8; replica++) loader.Tell(new LoaderProtocol.Request(0, replica), TestActor);
        AssertRefused();
        // The source has ended; without an answer, an asker would wait forever.
        loader.Tell(new LoaderProtocol.Request(1, 0), TestActor);
        AssertRefused();

        void AssertRefused()
        {
            var failed = (LoaderProtocol.Failed)FishForMessage(m => m is LoaderProtocol.Failed, Timeout);
            Assert.True(failed.UserMistake);
            Assert.Contains("hollow.parquet", failed.Reason);
        }
    }

    [Fact]
    public void What_may_pass_is_tried_again_with_a_new_pipeline()
    {
        FlakyDecoder decoder = new();
        IActorRef loader = Start(Options(), decoder);
        loader.Tell(new LoaderProtocol.Request(0, 0), TestActor);
        var failed = ExpectMsg<LoaderProtocol.Failed>(Timeout);
        Assert.False(failed.UserMistake);
        Assert.Equal("the disk hiccuped", failed.Reason);
        loader.Tell(new LoaderProtocol.Request(0, 0), TestActor);
        object answer = FishForMessage(m => m is LoaderProtocol.Loaded, Timeout);
        Assert.Equal(0, ((LoaderProtocol.Loaded)answer).Batch.Replica);
    }

    private StarlingOptions Options() =>
        StarlingConfiguration.Read("configs/tiny.json",
            [.. RunBench.Settings(assets), "data.workers=3", "data.prefetch=4"]);

    private static PixelSource Open(StarlingOptions options, IImageDecoder? decoder) => new(new ReplicaBatchPipeline(
        TestBatches.Factory(options, decoder), options.Data.Workers, options.Data.Prefetch, options.Data.Prefetch));

    private IActorRef Start(StarlingOptions options, IImageDecoder? decoder = null)
    {
        TestProbe supervisor = CreateTestProbe();
        IActorRef loader = Sys.ActorOf(Props.Create(() =>
            new ShardLoader("l", TestIdentity.Run, () => Open(options, decoder), 4, supervisor, ActorRefs.Nobody)));
        supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout);
        loader.Tell(new SupervisorProtocol.Registered(1));
        return loader;
    }

    private sealed class FlakyDecoder : IImageDecoder
    {
        private int _decoded;

        public string Name => "flaky";

        public RgbImage Decode(ReadOnlySpan<byte> file) => Interlocked.Increment(ref _decoded) == 1
            ? throw new IOException("the disk hiccuped")
            : ImageDecoder.Default.Decode(file);
    }
}
