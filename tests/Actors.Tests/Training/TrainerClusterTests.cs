using Akka.Actor;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Hosting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Training;

/// <summary>Whole runs with several trainers and the real supervisor. All of them end in the same state.</summary>
public sealed class TrainerClusterTests(TinyAssets assets, ReferenceRun reference)
    : ActorTests, IClassFixture<ReferenceRun>
{
    [Fact]
    public async Task Three_trainers_end_in_the_state_of_one()
    {
        TestCluster cluster = Start("a", "b", "c");
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    [Fact]
    public async Task A_trainer_that_dies_costs_no_step()
    {
        TestCluster cluster = Start("a", "b", "c");
        cluster.Gate.LetThrough(6);
        cluster.AwaitStep(3, Timeout);
        await (await Sys.ActorSelection("/user/b").ResolveOne(Timeout)).GracefulStop(Timeout);
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
        NeverWentBack(cluster);
    }

    [Fact]
    public async Task Trainers_that_join_and_leave_in_the_middle_are_taken_in_and_let_go()
    {
        TestCluster cluster = Start("a");
        cluster.Gate.LetThrough(4);
        cluster.AwaitStep(2, Timeout);
        cluster.AddTrainer("b");
        AwaitHosts(cluster, 2);
        cluster.Gate.LetThrough(8);
        cluster.AwaitStep(5, Timeout);
        IActorRef first = await Sys.ActorSelection("/user/a").ResolveOne(Timeout);
        Sys.EventStream.Subscribe(TestActor, typeof(TrainerProtocol.Released));
        first.Tell(TrainerProtocol.Leave.Instance);
        Assert.Equal("a", ExpectMsg<TrainerProtocol.Released>(Timeout).Trainer);
        await first.GracefulStop(Timeout);
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    [Fact]
    public async Task A_broken_exchange_keeps_every_trainer_and_its_state()
    {
        FaultyEngine engine = new(new InProcessEngine());
        int faults = 0;
        engine.Before = (member, n) =>
        {
            // The fault happens once, in the second step.
            if (member.Rank == 1 && n == 20 && Interlocked.Increment(ref faults) == 1)
                throw new CollectiveException(CollectiveFault.PeerLost, "the cable was pulled");
        };
        TestCluster cluster = Start(engine, "a", "b");
        cluster.Gate.LetThrough(RunBench.Steps);
        Monitor(cluster, m => m is MonitorProtocol.Note note && note.Line.Contains("the cable was pulled"));
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
        NeverWentBack(cluster);
    }

    [Fact]
    public async Task A_supervisor_that_moves_finds_everything_in_the_trainers_memories()
    {
        TestCluster cluster = Start("a", "b");
        cluster.Gate.LetThrough(6);
        cluster.AwaitStep(3, Timeout);
        cluster.MoveSupervisor();
        Monitor(cluster,
            m => m is MonitorProtocol.RunChanged { State: { Term: 2, Phase: RunPhase.Running, Step: >= 3 } });
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    private TestCluster Start(params string[] trainers) => Start(new InProcessEngine(), trainers);

    /// <summary>Starts a cluster in which all of these trainers host replicas; it is before its first step.</summary>
    private TestCluster Start(ICollectiveEngine engine, params string[] trainers)
    {
        TestCluster cluster = new(this, assets, Folder, engine);
        foreach (string trainer in trainers) cluster.AddTrainer(trainer);
        AwaitHosts(cluster, trainers.Length);
        return cluster;
    }

    private static void AwaitHosts(TestCluster cluster, int count) => Monitor(cluster, m =>
        m is MonitorProtocol.RunChanged { State.Phase: RunPhase.Running } run && run.State.Hosting.Length == count);

    private static async Task CompletesAsync(TestCluster cluster)
    {
        cluster.Gate.LetThrough(RunBench.Steps);
        RunResult ending = await cluster.Ended.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal((RunOutcome.Completed, RunBench.Steps), (ending.Outcome, ending.Step));
    }

    private static void Monitor(TestCluster cluster, Predicate<object> matches) =>
        cluster.Monitor.FishForMessage(matches, Timeout);

    /// <summary>Asserts that no generation began with an older state than the last committed one.</summary>
    private static void NeverWentBack(TestCluster cluster)
    {
        long furthest = 0;
        while (cluster.Monitor.HasMessages)
        {
            if (cluster.Monitor.ReceiveOne(Timeout) is not MonitorProtocol.RunChanged changed) continue;
            Assert.True(changed.State.Step >= furthest, $"step {furthest} was lost");
            furthest = changed.State.Step;
        }
    }
}
