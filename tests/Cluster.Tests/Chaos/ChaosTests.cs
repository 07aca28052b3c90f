using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Tests.Support;
using Starling.Cluster.Chaos.Disks;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Networks;
using Starling.Cluster.Chaos.Scenarios;
using Starling.Cluster.Tests.Nodes;

namespace Starling.Cluster.Tests.Chaos;

/// <summary>
/// Short forms of what <c>tests/Cluster.Chaos</c> does to clusters. Times are printed there and decide nothing here.
/// </summary>
public sealed class ChaosTests : IClassFixture<ChaosTests.Reference>
{
    private readonly StringWriter _output = new();
    private readonly RunSettings _settings;
    private readonly Reference _reference;

    public ChaosTests(TinyAssets assets, Reference reference)
    {
        _reference = reference;
        Assert.SkipWhen(new GlooEngine().Unavailable is not null, new GlooEngine().Unavailable ?? "");
        _settings = NodeSettings.Run(assets, steps: 60, checkpointEvery: 10);
    }

    [Fact]
    public Task Trainers_come_and_go_and_the_state_is_that_of_one_process() => HoldsAsync(new ElasticScenario());

    [Fact]
    public Task Trainers_are_killed() =>
        HoldsAsync(new KillScenario("trainers", new ClusterPlan(3, Supervisors: 1), 2, Victims.OneHost));

    [Fact]
    public Task All_trainers_are_killed_at_once() => HoldsAsync(
        new KillScenario("everybody", new ClusterPlan(2, Supervisors: 1), 1, Victims.AllTrainers)
        {
            LosesMemory = true,
        });

    [Fact]
    public Task The_leading_supervisor_is_killed() =>
        HoldsAsync(new KillScenario("supervisors", new ClusterPlan(2), 1, Victims.Leader));

    [Fact]
    public Task Loaders_are_killed() => HoldsAsync(
        new KillScenario("loaders", new ClusterPlan(2, Loaders: 2, Supervisors: 1), 2, Victims.OneOf("loader")));

    [Fact]
    public Task The_evaluator_is_killed() => HoldsAsync(
        new KillScenario("evaluators", new ClusterPlan(1, Evaluators: 1, Supervisors: 1), 2, Victims.OneOf("evaluator"))
        {
            Settings = ["evaluation.enabled=true", "evaluation.everySteps=20"],
        });

    [Fact]
    public Task A_trainer_is_frozen_and_wakes() => HoldsAsync(new FreezeScenario(TimeSpan.FromSeconds(12)));

    [Fact]
    public Task Nodes_of_every_role_are_terminated() =>
        HoldsAsync(new TerminateScenario(TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task The_network_is_cut_in_two()
    {
        string? reason = await VirtualNetwork.UnavailableAsync();
        Assert.SkipWhen(reason is not null, reason ?? "");
        await HoldsAsync(new PartitionScenario(1));
    }

    [Fact]
    public async Task Connections_are_reset()
    {
        string? reason = await Connections.UnavailableAsync();
        Assert.SkipWhen(reason is not null, reason ?? "");
        await HoldsAsync(new ConnectionsScenario(4, 2, 2));
    }

    [Fact]
    public async Task Connections_are_reset_around_the_last_step()
    {
        string? reason = await Connections.UnavailableAsync();
        Assert.SkipWhen(reason is not null, reason ?? "");
        await HoldsAsync(new EndingsScenario(1));
    }

    [Fact]
    public async Task Shards_cannot_be_read_and_are_damaged()
    {
        string? reason = await DiskFault.UnavailableAsync();
        Assert.SkipWhen(reason is not null, reason ?? "");
        await HoldsAsync(new ReadsScenario(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public Task Strangers_disturb_nothing() => HoldsAsync(new StrangersScenario(1, 10, 40));

    [Fact]
    public async Task Names_hang_and_move_and_are_in_use()
    {
        string? reason = await VirtualNetwork.UnavailableAsync();
        Assert.SkipWhen(reason is not null, reason ?? "");
        await HoldsAsync(new NamesScenario(1, TimeSpan.FromSeconds(10)));
    }

    private async Task HoldsAsync(Scenario scenario)
    {
        using Lab lab = new(TestSeed.New().NextUInt64(), _settings, new Report(_output, timesCount: false),
            _reference.Runs);
        try
        {
            await scenario.RunAsync(lab);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(_output.ToString());
        }
        Assert.True(lab.Report.Failures.Count == 0, string.Join('\n', lab.Report.Failures));
    }

    /// <summary>The runs that nothing happens to, made once.</summary>
    public sealed class Reference : IDisposable
    {
        internal References Runs { get; } = new();

        public void Dispose() => Runs.Dispose();
    }
}
