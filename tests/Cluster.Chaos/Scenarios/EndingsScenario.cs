using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// All connections between nodes are reset again and again around the last step. The run ends all the same: no message
/// is needed that is sent only once.
/// </summary>
/// <param name="runs">How many runs, one after the other.</param>
internal sealed class EndingsScenario(int runs) : Scenario
{
    /// <summary>Seconds from the last committed step to the end of the last process.</summary>
    private const double Limit = 10;

    public override string Name => "endings";

    public override string Purpose =>
        $"{runs} runs whose connections are reset around the last step; each of them ends";

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings with
        {
            Steps = Math.Min(100, lab.Settings.Steps),
            CheckpointEvery = Math.Min(10, lab.Settings.CheckpointEvery),
        };
        KeyedRandom random = lab.Random(9);
        ReferenceRun reference = await lab.ReferenceAsync(settings);
        List<double> times = [];
        for (int i = 0; i < runs; i++)
        {
            await using LocalCluster cluster = LocalCluster.Start(
                new ClusterPlan(2, Loaders: 1), lab.Folder($"{Name}-{i}"), settings);
            await cluster.EventLog.StepAsync(settings.Steps * 8 / 10, WholeRun(lab));
            Task<int> end = cluster.EndAsync(Timeout);
            // Beyond the last step, but not until the end: the network of a run does recover.
            long resets = 8 + random.Below(8);
            for (int reset = 0; reset < resets && !end.IsCompleted; reset++)
            {
                await Connections.ResetAsync(
                    await Connections.BetweenAsync([.. cluster.Members.Select(m => m.Process)]));
                await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(0.1 + 0.3 * random.NextDouble())));
            }
            int code = await end;
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            lab.Report.Check(code == 0, $"run {i + 1}: exit code {code}");
            CheckLeftovers(lab, cluster);
            times.Add((now - cluster.EventLog.Read().Last(e => e.Event == "committed").Time).TotalSeconds);
            // All connections are reset so often that no heartbeat may get through for some seconds. Then the cluster
            // may give both trainers up, and the run goes on from its last checkpoint.
            await RunCheck.RunAsync(lab.Report, cluster.Run, reference, 2 * settings.CheckpointEvery);
        }
        lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  from the last step to the end: median {Quantiles.Median(times):0.00} s, longest {times.Max():0.00} s"));
        lab.Report.Limit("the longest time from the last step to the end", times.Max(), Limit);
    }
}
