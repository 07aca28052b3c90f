using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;
using Starling.Data.Randomness;

namespace Starling.Benchmarks;

/// <summary>
/// From <c>kill -9</c> of one of three trainers to the next committed step; beside it, what torchrun takes from
/// <c>kill -9</c> of one of two workers until both make steps again.
/// </summary>
/// <param name="kills">How often each.</param>
internal sealed class RecoveryBenchmark(int kills) : Scenario
{
    private const double MedianLimit = 3, TailLimit = 6, TorchrunDefault = 5, TorchrunQuick = 0.1;

    public override string Name => "recovery";

    public override string Purpose => $"time to the next step after kill -9, {kills} times, beside torchrun's";

    public override async Task RunAsync(Lab lab)
    {
        KeyedRandom random = lab.Random(10);
        List<double> ours = await OursAsync(lab, random);
        Say(lab.Report, "starling, one of three trainers", ours);
        lab.Report.Limit("  median", Quantiles.Median(ours), MedianLimit);
        lab.Report.Limit("  95 %", Quantiles.Of(ours, 0.95), TailLimit);
        if (!await TorchrunJob.IsAvailableAsync())
            throw new ChaosException("torchrun cannot be measured beside: apt-get install python3-torch");
        foreach (double interval in (double[])[TorchrunDefault, TorchrunQuick])
        {
            List<double> theirs = await TorchrunAsync(lab, random, interval);
            Say(lab.Report, string.Create(CultureInfo.InvariantCulture,
                $"torchrun, one of two workers, --monitor_interval={interval}"), theirs);
            lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
                $"  ratio of the medians: {Quantiles.Median(theirs) / Quantiles.Median(ours):0.0}"));
        }
    }

    private async Task<List<double>> OursAsync(Lab lab, KeyedRandom random)
    {
        List<double> times = [];
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(3), lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        for (int kill = 0; kill < kills; kill++)
        {
            await cluster.RunningAsync(3, cluster.EventLog.Read().Count);
            await Task.Delay(TimeSpan.FromMilliseconds(500 * random.NextDouble()));
            if (Victims.OneHost(cluster, random) is not [var victim]) throw new ChaosException("no host to kill");
            times.Add(await KillAsync(cluster, [victim]));
        }
        await cluster.StopAsync();
        return times;
    }

    private async Task<List<double>> TorchrunAsync(Lab lab, KeyedRandom random, double interval)
    {
        List<double> times = [];
        await using TorchrunJob job = TorchrunJob.Start(
            lab.Folder(string.Create(CultureInfo.InvariantCulture, $"torchrun-{interval}")), interval);
        await job.TrainingAsync([]);
        for (int kill = 0; kill < kills; kill++)
        {
            // At any moment between two looks of the agent.
            await Task.Delay(TimeSpan.FromSeconds(0.5 + TorchrunDefault * random.NextDouble()));
            int[] workers = [job.Last(0)!.Value.Process, job.Last(1)!.Value.Process];
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            Signals.Send(workers[random.Below(2)], Signals.Kill);
            times.Add(await job.TrainingAsync(workers) - now.ToUnixTimeMilliseconds() / 1000.0);
        }
        return times;
    }

    private static void Say(Report report, string what, List<double> times) => report.Say(
        string.Create(CultureInfo.InvariantCulture,
            $"{what}: median {Quantiles.Median(times):0.00} s, 95 % {Quantiles.Of(times, 0.95):0.00} s, all: ") +
        string.Join(' ', times.Select(t => t.ToString("0.00", CultureInfo.InvariantCulture))));
}
