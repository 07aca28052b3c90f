using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// A run is asked to stop at random moments, from its very start on, while all its connections are reset again and
/// again. It ends each time, and goes on from where it was.
/// </summary>
/// <param name="rounds">How often it is stopped and started again.</param>
internal sealed class StopsScenario(int rounds) : Scenario
{
    /// <summary>Seconds from the signal to the end of the last process.</summary>
    private const double Limit = 30;

    public override string Name => "stops";

    public override string Purpose =>
        $"{rounds} times SIGTERM while connections are reset: the end within {Limit} s, and no step lost";

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings.Endless;
        KeyedRandom random = lab.Random(10);
        string run = lab.Folder(Name);
        double longest = 0;
        for (int round = 1; round <= rounds; round++)
        {
            await using LocalCluster cluster = LocalCluster.Start(new ClusterPlan(2, Loaders: 1), run, settings);
            // Every third time before the first step of this start, and otherwise up to half a checkpoint later.
            if (round % 3 == 0)
                await cluster.MemberAsync(random.Below(2) == 0 ? "supervisor-1" : "trainer-1");
            else
                await cluster.EventLog.StepAsync(
                    cluster.Step + 1 + random.Below((int)settings.CheckpointEvery / 2 + 1), WholeRun(lab));
            await ResetAsync(cluster);
            DateTimeOffset asked = TimeProvider.System.GetUtcNow();
            Task<int> end = cluster.StopAsync();
            while (!end.IsCompleted)
            {
                await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(0.2 + 0.8 * random.NextDouble())));
                await ResetAsync(cluster);
            }
            double seconds = (TimeProvider.System.GetUtcNow() - asked).TotalSeconds;
            longest = Math.Max(longest, seconds);
            lab.Report.Check(await end == 0, $"stop {round}, at step {cluster.Step}: exit code {await end}");
            CheckLeftovers(lab, cluster);
        }
        lab.Report.Limit("the longest time from the signal to the end", longest, Limit);
        ReferenceRun reference = await lab.ReferenceAsync(lab.Settings with { Steps = RunFolder.Stored(run) });
        await RunCheck.RunAsync(lab.Report, run, reference);
    }

    private static async Task ResetAsync(LocalCluster cluster) => await Connections.ResetAsync(
        await Connections.BetweenAsync([.. cluster.Members.Select(m => m.Process)]));
}
