using Akka.Actor;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Hosting;
using Starling.Actors.Tests.Support;
using Starling.Data;

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

    [Fact]
    public async Task A_disk_that_fails_on_one_loader_costs_nothing_but_that_loader()
    {
        TestCluster cluster = new(this, assets, Folder, loaders: 2, openShards: loader => file =>
            loader == 0 ? throw new IOException("Input/output error") : File.OpenRead(file));
        cluster.AddTrainer("a");
        cluster.Gate.LetThrough(RunBench.Steps);
        Monitor(cluster, m => m is MonitorProtocol.LoaderFault { Kind: "io", IsNew: true });
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    [Fact]
    public async Task Disks_that_fail_on_all_loaders_for_a_while_are_waited_for()
    {
        bool works = false;
        TestCluster cluster = new(this, assets, Folder, loaders: 2, openShards: _ => file =>
            Volatile.Read(ref works) ? File.OpenRead(file) : throw new IOException("Input/output error"));
        foreach (string trainer in (string[])["a", "b"]) cluster.AddTrainer(trainer);
        cluster.Gate.LetThrough(RunBench.Steps);
        Monitor(cluster, m => m is MonitorProtocol.Note note && note.Line.Contains("no loader can give trainer"));
        Volatile.Write(ref works, true);
        Monitor(cluster, m => m is MonitorProtocol.Note { Line: "the loader makes shares again" });
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    [Fact]
    public async Task A_shard_that_is_damaged_on_one_loader_is_read_by_the_other()
    {
        TestCluster cluster = new(this, assets, Folder, loaders: 2, openShards: loader => file =>
            loader == 0 ? Damaged(file) : File.OpenRead(file));
        cluster.AddTrainer("a");
        cluster.Gate.LetThrough(RunBench.Steps);
        Monitor(cluster, m => m is MonitorProtocol.LoaderFault { Kind: "damaged" });
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    [Fact]
    public async Task A_shard_that_is_damaged_on_every_loader_ends_the_run_with_file_and_row_group()
    {
        TestCluster cluster = new(this, assets, Folder, loaders: 2, openShards: _ => Damaged);
        cluster.AddTrainer("a");
        cluster.Gate.LetThrough(RunBench.Steps);
        RunResult ending = await cluster.Ended.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Rejected, ending.Outcome);
        Assert.Matches(@"\.parquet: row group \d+ is damaged", ending.Reason);
    }

    /// <summary>
    /// Names are looked up while a generation is formed, and the name server hangs on all machines at once.
    /// </summary>
    [Fact]
    public async Task A_name_server_that_hangs_while_a_trainer_dies_ends_no_run()
    {
        bool hangs = false;
        FaultyEngine engine = new(new InProcessEngine())
        {
            Binding = _ =>
            {
                if (Volatile.Read(ref hangs))
                    throw new StarlingException("host sup-0 is no known host name", scope: FaultScope.Node);
            },
        };
        TestCluster cluster = Start(engine, "a", "b", "c");
        Sys.EventStream.Subscribe(TestActor, typeof(SupervisorProtocol.Refused));
        cluster.Gate.LetThrough(6);
        cluster.AwaitStep(3, Timeout);
        Volatile.Write(ref hangs, true);
        await (await Sys.ActorSelection("/user/c").ResolveOne(Timeout)).GracefulStop(Timeout);
        for (int trainer = 0; trainer < 2; trainer++)
        {
            SupervisorProtocol.Refused refused = ExpectMsg<SupervisorProtocol.Refused>(Timeout);
            Assert.True(refused.IsForNow);
            Assert.Contains("sup-0", refused.Reason);
        }
        Volatile.Write(ref hangs, false);
        cluster.AddTrainer("d"); // the process manager has started a node again
        await CompletesAsync(cluster);
        Assert.Equal(reference.Hash, cluster.Hash);
    }

    private static Stream Damaged(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes.AsSpan(4, bytes.Length / 2).Clear(); // pages; the footer stays
        return new MemoryStream(bytes);
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
