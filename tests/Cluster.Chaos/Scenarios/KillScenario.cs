using System.Diagnostics;
using System.Globalization;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// <c>kill -9</c> at random steps of a run, which comes to the same end. Victims are started again by the manager.
/// </summary>
/// <param name="name">What a user calls it.</param>
/// <param name="plan">The cluster.</param>
/// <param name="kills">How many, spread over the run.</param>
/// <param name="victims">Chooses among the members that there are; null to try again a little later.</param>
internal sealed class KillScenario(
    string name, ClusterPlan plan, int kills, Func<LocalCluster, KeyedRandom, IReadOnlyList<Member>?> victims)
    : Scenario
{
    public override string Name => name;

    public override string Purpose =>
        $"{kills} times kill -9 at a random step ({name}); the run ends as if nothing had been";

    /// <summary>Keys of the configuration beside the lab's.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Every kill takes all states in memory with it: what came after the last checkpoint is lost.</summary>
    public bool LosesMemory { get; init; }

    /// <summary>Seconds that may pass until the next committed step; null for no limit.</summary>
    public double? Limit { get; init; }

    /// <summary>Limit of the median of these seconds; null for no limit.</summary>
    public double? Median { get; init; }

    /// <summary>
    /// Limit of these seconds without those that the slowest victim's new process took to become a member; null for no
    /// limit.
    /// </summary>
    public double? LimitBesideStart { get; init; }

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings.With([.. Settings]);
        KeyedRandom random = lab.Random(1);
        // Not in the first and last steps: members have to be there, and to have the time to come back.
        long[] moments = [.. Enumerable.Range(0, kills)
            .Select(_ => (long)(settings.Steps * (0.02 + 0.9 * random.NextDouble()))).Order()];
        lab.Report.Say($"kills after steps {string.Join(' ', moments)}");
        List<double> pauses = [], besideStart = [];
        await using LocalCluster cluster = LocalCluster.Start(plan, lab.Folder(name), settings.Endless);
        foreach (long moment in moments)
        {
            await cluster.EventLog.StepAsync(moment, WholeRun(lab));
            await Task.Delay(TimeSpan.FromMilliseconds(100 * random.NextDouble()));
            IReadOnlyList<Member> chosen = await Poll.ForAsync(
                () => victims(cluster, random), Timeout, () => "somebody to kill");
            long step = cluster.Step;
            Task<double[]> starts = LimitBesideStart is null ? Task.FromResult<double[]>([0])
                : Task.WhenAll(chosen.Select(victim => StartAsync(cluster, victim)));
            pauses.Add(await KillAsync(cluster, chosen));
            besideStart.Add(pauses[^1] - (await starts).Max());
            string names = string.Join(", ", chosen.Select(v => v.Name));
            lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
                $"  step {step,5}: {names}; the next step after {pauses[^1]:0.00} s"));
        }
        await cluster.EventLog.StepAsync(settings.Steps, WholeRun(lab));
        lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  until the next step: median {Quantiles.Median(pauses):0.00} s, longest {pauses.Max():0.00} s"));
        if (Limit is { } limit) lab.Report.Limit("the longest time until the next step", pauses.Max(), limit);
        if (Median is { } median)
            lab.Report.Limit("the median time until the next step", Quantiles.Median(pauses), median);
        if (LimitBesideStart is { } beside)
            lab.Report.Limit("the longest time beside the processes' start", besideStart.Max(), beside);
        // At a death, what the trainers had ahead of the last checkpoint, which may itself be on its way to the disk.
        await StopAndCheckAsync(lab, cluster, settings, LosesMemory ? kills * 2 * settings.CheckpointEvery : 0);
    }

    /// <summary>Gives the seconds that a victim's next process took from its start until it was a member.</summary>
    private static async Task<double> StartAsync(LocalCluster cluster, Member victim)
    {
        Member next = await cluster.MemberAsync(victim.Name, besides: victim.Process);
        DateTimeOffset ready = TimeProvider.System.GetUtcNow();
        using Process process = Process.GetProcessById(next.Process);
        return (ready - process.StartTime).TotalSeconds;
    }
}
