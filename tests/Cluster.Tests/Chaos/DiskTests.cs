using Starling.Actors.Tests.Support;
using Starling.Cluster.Chaos.Disks;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;
using Starling.Cluster.Tests.Nodes;

namespace Starling.Cluster.Tests.Chaos;

/// <summary>The short form of what <c>tests/Cluster.Chaos -- disks</c> does: one failing call of each kind.</summary>
public sealed class DiskTests(TinyAssets assets)
{
    [Fact]
    public async Task A_failing_disk_costs_a_checkpoint_and_nothing_else()
    {
        string? reason = await DiskFault.UnavailableAsync();
        Assert.SkipWhen(reason is not null, $"skipped because {reason}");
        StringWriter output = new();
        using References references = new();
        using Lab lab = new(TestSeed.New().NextUInt64(), NodeSettings.Run(assets, steps: 10, checkpointEvery: 5),
            new Report(output, timesCount: false), references);
        try
        {
            await new DisksScenario(most: 1).RunAsync(lab);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        }
        Assert.True(lab.Report.Failures.Count == 0, string.Join('\n', lab.Report.Failures));
    }
}
