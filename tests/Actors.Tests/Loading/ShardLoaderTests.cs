using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Configuration;
using Starling.Actors.Loading;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Data.Batches;

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
            new ShardLoader("l", TestIdentity.Run, () => Open(Options(), null), 4, supervisor,
                ActorRefs.Nobody, TimeProvider.System)));
        Assert.Equal(loader, supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout).Actor);
        Assert.Equal(loader, supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout).Actor);
    }

    [Fact]
    public void Damaged_data_is_said_to_all_who_ask()
    {
        using TestFolder folder = new();
        ChangedShard.WriteDamaged(assets, folder["hollow.parquet"]);
        IActorRef loader = Start(Options() with
        {
            Data = Options().Data with { Files = [folder["hollow.parquet"]], HoldOut = 0 },
        });
        for (int replica = 0; replica < 8; replica++) loader.Tell(new LoaderProtocol.Request(0, replica), TestActor);
        AssertRefused();
        // Nothing is remembered: the file is read again, and is still damaged.
        loader.Tell(new LoaderProtocol.Request(1, 0), TestActor);
        AssertRefused();

        void AssertRefused()
        {
            var failed = (LoaderProtocol.Failed)FishForMessage(m => m is LoaderProtocol.Failed, Timeout);
            Assert.Equal(FaultScope.Request, failed.Scope);
            Assert.Contains("hollow.parquet", failed.Reason);
        }
    }

    /// <summary>The disk fails behind the Parquet library, which throws what it likes.</summary>
    [Fact]
    public void What_the_disk_refuses_is_the_nodes_trouble_and_is_read_again()
    {
        int opened = 0;
        IActorRef loader = Start(Options() with { Data = Options().Data with { Workers = 1 } },
            file => Interlocked.Increment(ref opened) == 1 ? throw new IOException("the disk hiccuped")
                : File.OpenRead(file));
        loader.Tell(new LoaderProtocol.Request(0, 0), TestActor);
        Assert.Equal(new LoaderProtocol.Failed(0, 0, "the disk hiccuped", FaultScope.Node),
            ExpectMsg<LoaderProtocol.Failed>(Timeout));
        loader.Tell(new LoaderProtocol.Request(0, 0), TestActor);
        Assert.Equal(TestBatches.Factory(Options()).Create(0, 0).Pixels,
            ExpectMsg<LoaderProtocol.Loaded>(Timeout).Batch.Pixels);
    }

    private StarlingOptions Options() =>
        StarlingConfiguration.Read("configs/tiny.json",
            [.. RunBench.Settings(assets), "data.workers=3", "data.prefetch=4"]);

    private static PixelSource Open(StarlingOptions options, Func<string, Stream>? open) =>
        new(new ReplicaBatchPipeline(TestBatches.Factory(options, null, open), options.Data.Workers,
            options.Data.Prefetch, options.Data.Prefetch));

    private IActorRef Start(StarlingOptions options, Func<string, Stream>? open = null)
    {
        TestProbe supervisor = CreateTestProbe();
        IActorRef loader = Sys.ActorOf(Props.Create(() =>
            new ShardLoader("l", TestIdentity.Run, () => Open(options, open), 4, supervisor,
                ActorRefs.Nobody, TimeProvider.System)));
        supervisor.ExpectMsg<SupervisorProtocol.RegisterLoader>(Timeout);
        loader.Tell(new SupervisorProtocol.Registered(1));
        return loader;
    }
}
