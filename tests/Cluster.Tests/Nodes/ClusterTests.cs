using Starling.Actors.Tests;
using Starling.Actors.Tests.Processes;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>Clusters that the program manages itself: a manager and a process for each member.</summary>
public sealed class ClusterTests(TinyAssets assets) : IDisposable
{
    private static readonly string[] Small = ["--trainers", "1", "--loaders", "0"];
    private const string Endless = "training.steps=100000";
    private readonly TestFolder _folder = new();

    private string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_cluster_reaches_the_state_of_a_training_and_leaves_nothing_behind()
    {
        string expected = await TrainedHashAsync();
        using ClusterProcess cluster = ClusterProcess.Start(assets, Run, ["--trainers", "1", "--loaders", "1"]);
        Assert.True(await cluster.Process.ExitAsync() == 0, string.Join('\n', cluster.Process.Errors));
        Assert.Equal(4, cluster.Members.Count());
        await cluster.AssertGoneAsync();
        Assert.Equal(expected, await StarlingProcess.HashAsync(Run));
    }

    [Fact]
    public async Task Members_are_killed_added_and_stopped_by_hand()
    {
        using ClusterProcess cluster = ClusterProcess.Start(assets, Run, Small, Endless);
        (int trainer, _) = await cluster.MemberAsync("trainer-1");
        await cluster.StepAsync(1);

        Assert.Contains("will be started again", await cluster.OrderAsync("kill", "trainer-1"));
        await ClusterProcess.GoneAsync(trainer);
        await cluster.MemberAsync("trainer-1", besides: trainer);

        Assert.Contains("supervisor-3 is started", await cluster.OrderAsync("add", "supervisor"));
        (int added, _) = await cluster.MemberAsync("supervisor-3");
        Assert.Contains("was asked to leave", await cluster.OrderAsync("stop", "supervisor-3"));
        await cluster.Process.LineAsync(line => line == "supervisor-3 has ended (exit code 0)");
        await ClusterProcess.GoneAsync(added);

        Assert.Contains("stays down", await cluster.OrderAsync("kill", "supervisor-2", "--stay-down"));
        await cluster.Process.LineAsync(line => line == "supervisor-2 has ended (exit code 137)");
        Assert.Contains("there is no member x; there are supervisor-1", await cluster.OrderAsync("kill", "x"));
        Assert.Contains("supervisor-2 does not run", await cluster.OrderAsync("kill", "supervisor-2"));

        cluster.Process.Signal(StarlingProcess.Interrupt);
        Assert.Equal(0, await cluster.Process.ExitAsync());
        await cluster.AssertGoneAsync();
    }

    [Fact]
    public async Task An_interrupt_ends_the_run_with_a_checkpoint_and_the_same_command_goes_on()
    {
        string expected = await TrainedHashAsync("training.steps=40");
        using (ClusterProcess first = ClusterProcess.Start(assets, Run, Small, "training.steps=40"))
        {
            await first.StepAsync(5);
            first.Process.Signal(StarlingProcess.Interrupt);
            Assert.Equal(0, await first.Process.ExitAsync());
            await first.AssertGoneAsync();
        }
        Assert.Equal(StarlingProcess.Events(Run, "committed")[^1].GetProperty("step").GetInt64(),
            new CheckpointStore(CheckpointPaths.Of(Run)).Latest()!.Step);
        using ClusterProcess second = ClusterProcess.Start(assets, Run, Small, "training.steps=40");
        Assert.Equal(0, await second.Process.ExitAsync());
        Assert.Equal(expected, await StarlingProcess.HashAsync(Run));
        Assert.Equal(Enumerable.Range(1, 40), StarlingProcess.Events(Run, "committed")
            .Select(e => e.GetProperty("step").GetInt32()));
    }

    [Fact]
    public async Task A_manager_that_is_killed_takes_its_members_with_it()
    {
        using ClusterProcess cluster = ClusterProcess.Start(assets, Run, Small, Endless);
        await cluster.StepAsync(1);
        int[] members = [.. cluster.Members];
        Assert.Equal(3, members.Length);
        cluster.Process.Signal(StarlingProcess.Kill);
        Assert.Equal(128 + StarlingProcess.Kill, await cluster.Process.ExitAsync());
        foreach (int member in members) await ClusterProcess.GoneAsync(member);
    }

    [Fact]
    public async Task A_supervisor_that_is_killed_is_replaced_and_no_step_is_lost_or_repeated()
    {
        using ClusterProcess cluster = ClusterProcess.Start(assets, Run, Small, Endless);
        await cluster.StepAsync(3);
        (int first, _) = await cluster.MemberAsync("supervisor-1");
        await cluster.OrderAsync("kill", "supervisor-1");
        await ClusterProcess.GoneAsync(first);
        await cluster.Process.LineAsync(line => line.Contains("  running  term 2  ", StringComparison.Ordinal));
        long reached = StarlingProcess.Events(Run, "committed")[^1].GetProperty("step").GetInt64();
        await cluster.StepAsync(reached + 3);
        cluster.Process.Signal(StarlingProcess.Interrupt);
        Assert.Equal(0, await cluster.Process.ExitAsync());

        long[] committed = [.. StarlingProcess.Events(Run, "committed").Select(e => e.GetProperty("step").GetInt64())];
        Assert.Equal(committed.Distinct(), committed);
    }

    [Fact]
    public async Task A_mistake_that_only_the_members_find_ends_the_cluster_with_their_reason()
    {
        using ClusterProcess cluster = ClusterProcess.Start(assets, Run, Small, "data.files=nowhere.parquet");
        Assert.Equal(2, await cluster.Process.ExitAsync());
        Assert.Contains("nowhere.parquet", Assert.Single(cluster.Process.Errors), StringComparison.Ordinal);
        await cluster.AssertGoneAsync();
    }

    private async Task<string> TrainedHashAsync(params string[] settings)
    {
        using StarlingProcess train = StarlingProcess.Train(assets, _folder["alone"],
            [.. NodeSettings.Of(assets), .. settings]);
        Assert.Equal(0, await train.ExitAsync());
        return await StarlingProcess.HashAsync(_folder["alone"]);
    }
}
