using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Tests.Support;
using Starling.Cluster.Chaos.Harness;
using Starling.Model.Checkpoints;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>Clusters that the program manages itself: a manager and a process for each member.</summary>
public sealed class ClusterTests(TinyAssets assets) : IDisposable
{
    private static readonly ClusterPlan Small = new(Trainers: 1, Loaders: 0);
    private readonly TestFolder _folder = new();

    private string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)] // each makes its own batches
    public async Task A_cluster_reaches_the_state_of_a_training_and_leaves_nothing_behind(int trainers, int loaders)
    {
        string? gloo = trainers > 1 ? new GlooEngine().Unavailable : null;
        Assert.SkipWhen(gloo is not null, gloo ?? "");
        ClusterPlan plan = new(trainers, loaders);
        await using (LocalCluster cluster = Start(plan)) // with no end, so that everybody comes in time
        {
            await cluster.CompleteAsync();
            Assert.Equal(0, await cluster.StopAsync());
            Assert.Equal(plan.Count, cluster.History.Count);
            Assert.Empty(cluster.Leftovers());
        }
        long steps = RunFolder.Stored(Run) + 12;
        string expected = await TrainedHashAsync(steps);
        await using LocalCluster second = Start(plan, steps);
        Assert.Equal(0, await second.EndAsync(LocalCluster.Timeout));
        Assert.Empty(second.Leftovers());
        Assert.Equal(expected, await ReferenceRun.HashAsync(Run));
    }

    [Fact]
    public async Task Members_are_killed_added_and_stopped_by_hand()
    {
        await using LocalCluster cluster = Start(Small);
        Member trainer = await cluster.MemberAsync("trainer-1");
        await cluster.EventLog.StepAsync(1, LocalCluster.Timeout);

        Assert.Contains("will be started again", await cluster.OrderAsync("kill", "trainer-1"));
        await cluster.MemberAsync("trainer-1", besides: trainer.Process);
        Assert.DoesNotContain(cluster.Members, m => m.Process == trainer.Process);

        Assert.Contains("supervisor-3 is started", await cluster.OrderAsync("add", "supervisor"));
        await cluster.MemberAsync("supervisor-3");
        Assert.Contains("was asked to leave", await cluster.OrderAsync("stop", "supervisor-3"));
        await cluster.LineAsync(line => line == "supervisor-3 has ended (exit code 0)");
        Assert.DoesNotContain(cluster.Members, m => m.Name == "supervisor-3");

        Assert.Contains("stays down", await cluster.OrderAsync("kill", "supervisor-2", "--stay-down"));
        await cluster.LineAsync(line => line == "supervisor-2 has ended (exit code 137)");
        Assert.Contains("there is no member x; there are supervisor-1", await RefusalAsync(cluster, "kill", "x"));
        Assert.Contains("supervisor-2 does not run", await RefusalAsync(cluster, "kill", "supervisor-2"));
        // Prometheus finds those that run, and misses the dead one.
        Assert.Equal(["supervisor-1", "supervisor-2", "trainer-1"], Targets());

        Assert.Equal(0, await cluster.StopAsync());
        Assert.Empty(cluster.Leftovers());
        Assert.Equal(["supervisor-2"], Targets());
    }

    [Fact]
    public async Task An_interrupt_ends_the_run_with_a_checkpoint_and_the_same_command_goes_on()
    {
        string expected = await TrainedHashAsync(steps: 40);
        await using (LocalCluster first = Start(Small, steps: 40))
        {
            await first.EventLog.StepAsync(5, LocalCluster.Timeout);
            Assert.Equal(0, await first.StopAsync(Signals.Interrupt));
            Assert.Empty(first.Leftovers());
            Assert.Equal(first.Step, new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step);
        }
        await using LocalCluster second = Start(Small, steps: 40);
        Assert.Equal(0, await second.EndAsync(LocalCluster.Timeout));
        Assert.Equal(expected, await ReferenceRun.HashAsync(Run));
        Assert.Equal(Enumerable.Range(1, 40),
            second.EventLog.Read().Where(e => e.Event == "committed").Select(e => (int)e.Step));
    }

    [Fact]
    public async Task A_manager_that_is_killed_takes_its_members_with_it()
    {
        await using LocalCluster cluster = Start(Small);
        await cluster.CompleteAsync();
        Assert.Equal(3, cluster.Members.Count);
        Assert.Equal(128 + Signals.Kill, await cluster.KillManagerAsync());
        await cluster.MembersGoneAsync();
    }

    [Fact]
    public async Task A_mistake_that_only_the_members_find_ends_the_cluster_with_their_reason()
    {
        await using LocalCluster cluster = Start(Small, steps: 12, "data.files=nowhere.parquet");
        Assert.Equal(2, await cluster.EndAsync(LocalCluster.Timeout));
        Assert.Contains("nowhere.parquet",
            Assert.Single(cluster.Lines, line => line.StartsWith("starling: error: ", StringComparison.Ordinal)));
        await cluster.MembersGoneAsync();
    }

    /// <summary>A stranger has all but what lies in the run's folder, as another user of the machine has.</summary>
    [Fact]
    public async Task A_stranger_neither_reads_nor_stops_a_cluster()
    {
        string Expect(IReadOnlyList<string> lines, string what) => lines.First(l => l.Contains(what, default));
        await using (LocalCluster cluster = Start(Small))
        {
            await cluster.CompleteAsync();
            Member supervisor = await cluster.MemberAsync("supervisor-1");
            string seed = supervisor.Address[(supervisor.Address.IndexOf('@') + 1)..];
            Assert.StartsWith("akka.ssl.tcp://", supervisor.Address, StringComparison.Ordinal);
            using (Stranger stranger = new())
                foreach (Member member in cluster.Members) stranger.Poison(member.Address);
            await Assert.ThrowsAsync<ChaosException>(() => StatusAsync("--node", seed));
            Expect(await StatusAsync("--run", Run), "supervisor-2");
            Expect(await StatusAsync("--run", Run, "--node", seed), "supervisor-2");
            await cluster.EventLog.StepAsync(cluster.Step + 10, LocalCluster.Timeout);
            Assert.Equal(Small.Count, cluster.History.Count);
            Assert.Equal(0, await cluster.StopAsync());
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(Run, ".cluster")));
        Assert.Equal(await TrainedHashAsync(RunFolder.Stored(Run)), await ReferenceRun.HashAsync(Run));
    }

    private IEnumerable<string?> Targets() => Directory.GetFiles(Path.Combine(Run, "targets"))
        .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);

    private static Task<IReadOnlyList<string>> StatusAsync(params string[] words) =>
        OsProcess.RunAsync(OsProcess.Starling(["status", .. words]), LocalCluster.Timeout);

    private LocalCluster Start(ClusterPlan plan, long steps = 100_000, params string[] settings) =>
        LocalCluster.Start(plan, Run, NodeSettings.Run(assets, steps, checkpointEvery: 4).With(settings));

    private static async Task<string> RefusalAsync(LocalCluster cluster, params string[] order) =>
        (await Assert.ThrowsAsync<ChaosException>(() => cluster.OrderAsync(order))).Message;

    private async Task<string> TrainedHashAsync(long steps) => (await ReferenceRun.MakeAsync(
        NodeSettings.Run(assets, steps, checkpointEvery: 4), _folder["alone"])).Hash;
}
