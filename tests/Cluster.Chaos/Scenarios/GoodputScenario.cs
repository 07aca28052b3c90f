using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Starling.Actors.Runs;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// A random member is killed again and again: what share of the wall time trainers compute all the same. The page,
/// <c>starling status</c>, the leader's metrics and the file in the run's folder have to tell the same. A step takes a
/// second or so here, as on a GPU; where steps take milliseconds, exchanges are a large part of them.
/// </summary>
/// <param name="kills">How many.</param>
/// <param name="interval">Time between two of them.</param>
internal sealed partial class GoodputScenario(int kills, TimeSpan interval) : Scenario
{
    private const double Least = 0.9, Apart = 0.01;

    private static readonly string[] Model =
    [
        "model.dim=256", "model.layers=6", "model.heads=4", "model.ffnMultiple=64", "selfGuided.depth=3",
        "training.globalBatch=32", "evaluation.enabled=false",
    ];

    public override string Name => "goodput";

    public override string Purpose => string.Create(CultureInfo.InvariantCulture,
        $"a random member killed every {interval.TotalSeconds:0} s, {kills} times: goodput {Least} or more");

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = lab.Settings.With(Model);
        KeyedRandom random = lab.Random(7);
        await using LocalCluster cluster = LocalCluster.Start(new ClusterPlan(2), lab.Folder(Name), settings.Endless);
        await cluster.CompleteAsync();
        for (int kill = 0; kill < kills; kill++)
        {
            await Task.Delay(0.5 * interval + random.NextDouble() * 0.4 * interval);
            Member victim = cluster.Members[random.Below(cluster.Members.Count)];
            lab.Report.Say(string.Create(CultureInfo.InvariantCulture, $"  step {cluster.Step}: {victim.Name}"));
            await KillAsync(cluster, [victim]);
            await Task.Delay(0.3 * interval);
        }
        await Task.Delay(0.5 * interval);
        await SameAsync(lab.Report, cluster);
        await StopAndCheckAsync(lab, cluster, settings);
        RunTimesRecord times = RunTimesRecord.Read(cluster.Run) ?? throw new ChaosException("there are no times");
        foreach ((string activity, double seconds) in times.Seconds.OrderByDescending(s => s.Value))
            lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
                $"  {activity,-16} {seconds,8:0.0} s {seconds / times.All,7:0.0%}"));
        lab.Report.Check(times.Goodput >= Least, string.Create(CultureInfo.InvariantCulture,
            $"goodput {times.Goodput:0.000} of {times.All:0} s (at least {Least})"));
    }

    /// <summary>Asks everybody who tells the goodput, at nearly the same time.</summary>
    private static async Task SameAsync(Report report, LocalCluster cluster)
    {
        Member leader = cluster.Members.First(m => m.Role == "supervisor");
        using HttpClient client = new();
        string metrics = "";
        foreach (Member supervisor in cluster.Members.Where(m => m.Role == "supervisor"))
        {
            string text = await client.GetStringAsync(supervisor.Metrics);
            if (!text.Contains("starling_run_seconds_total", StringComparison.Ordinal)) continue;
            (metrics, leader) = (text, supervisor);
        }
        Dictionary<string, double> spent = Spent().Matches(metrics).ToDictionary(m => m.Groups[1].Value,
            m => double.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        double exported = spent["productive"] / spent.Values.Sum();
        using JsonDocument page = JsonDocument.Parse(
            await client.GetStringAsync(new Uri(leader.Metrics, "api/run")));
        double shown = page.RootElement.GetProperty("goodput").GetDouble();
        IReadOnlyList<string> status = await OsProcess.RunAsync(
            OsProcess.Starling(["status", "--run", cluster.Run]), LocalCluster.Timeout);
        double told = double.Parse(Told().Match(string.Join('\n', status)).Groups[1].ValueSpan,
            CultureInfo.InvariantCulture) / 100;
        double[] all = [exported, shown, told];
        report.Check(all.Max() - all.Min() <= Apart, string.Create(CultureInfo.InvariantCulture,
            $"goodput by the metrics {exported:0.000}, the page {shown:0.000}, the status {told:0.000}"));
    }

    [GeneratedRegex("""^starling_run_seconds_total\{state="(\w+)"\} (\S+)""", RegexOptions.Multiline)]
    private static partial Regex Spent();

    [GeneratedRegex(@"^goodput (\S+)% of", RegexOptions.Multiline)]
    private static partial Regex Told();
}
