using System.Globalization;
using System.Text.Json;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;

namespace Starling.Benchmarks;

/// <summary>
/// Two trainer processes with one thread each against one process with two threads, in turn: the same steps, to the
/// same hash. The gradient has 12 MB. What the exchange takes of a step is told phase by phase.
/// </summary>
/// <param name="rounds">How often each.</param>
internal sealed class ThroughputBenchmark(int rounds) : Scenario
{
    private const double Target = 0.9;
    private const int Steps = 50, WarmUp = 20; // by then the compiler has done its work

    private static readonly string[] Model =
    [
        "model.dim=192", "model.layers=6", "model.heads=6", "selfGuided.depth=3", "training.globalBatch=32",
        "evaluation.enabled=false",
    ];

    public override string Name => "throughput";

    public override string Purpose => "2 trainer processes with a thread each against 1 process with 2 threads";

    public override async Task RunAsync(Lab lab)
    {
        RunSettings settings = (lab.Settings with { Steps = Steps, CheckpointEvery = Steps }).With(Model);
        List<double> ratios = [];
        for (int round = 0; round < rounds; round++)
        {
            string alone = lab.Folder($"alone-{round}"), together = lab.Folder($"together-{round}");
            ReferenceRun reference = await ReferenceRun.MakeAsync(settings.With("training.threads=2"), alone);
            await using LocalCluster cluster = LocalCluster.Start(
                new ClusterPlan(2, Loaders: 0, Supervisors: 1), together, settings.With("cluster.settleSeconds=5"));
            int code = await cluster.EndAsync(Timeout);
            if (code != 0) throw new ChaosException($"the cluster ended with exit code {code}");
            double one = Rate(new EventLogReader(Path.Combine(alone, "events.jsonl")), "step");
            double two = Rate(new EventLogReader(Path.Combine(together, "events.jsonl")), "committed");
            ratios.Add(two / one);
            lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
                $"round {round + 1}: 1 process {one:0.000} steps/s, 2 processes {two:0.000} steps/s, ") +
                string.Create(CultureInfo.InvariantCulture, $"ratio {two / one:0.000}"));
            await RunCheck.RunAsync(lab.Report, together, reference);
            if (round == rounds - 1) SayPhases(lab.Report, together);
        }
        double median = Quantiles.Median(ratios);
        lab.Report.Check(median >= Target,
            string.Create(CultureInfo.InvariantCulture, $"median ratio {median:0.000} (target {Target})"));
    }

    /// <summary>Steps a second after the first ones.</summary>
    private static double Rate(EventLogReader log, string kind)
    {
        Entry[] steps = [.. log.Read().Where(e => e.Event == kind && e.Step >= WarmUp)];
        return (steps[^1].Step - steps[0].Step) / (steps[^1].Time - steps[0].Time).TotalSeconds;
    }

    private static void SayPhases(Report report, string run)
    {
        foreach (string path in Directory.EnumerateFiles(run, "events-trainer-*.jsonl").Order(StringComparer.Ordinal))
        {
            Entry[] steps = [.. new EventLogReader(path).Read().Where(e => e.Event == "step" && e.Step >= WarmUp)];
            double total = Sum(e => e.GetProperty("seconds"));
            string[] phases = [.. steps[0].Fields.GetProperty("exchange").EnumerateObject().Select(p => p.Name)];
            double megabytes = Sum(e => e.GetProperty("exchange_bytes")) / steps.Length / 1e6;
            report.Say($"{Path.GetFileNameWithoutExtension(path)["events-".Length..]}: exchange " +
                Share(e => e.GetProperty("exchange_seconds")) + " of the step, " +
                megabytes.ToString("0.0", CultureInfo.InvariantCulture) + " MB sent a step; by phase: " +
                string.Join(", ", phases.Select(p => $"{p} {Share(e => e.GetProperty("exchange").GetProperty(p))}")));

            double Sum(Func<JsonElement, JsonElement> figure) => steps.Sum(e => figure(e.Fields).GetDouble());

            string Share(Func<JsonElement, JsonElement> figure) =>
                (Sum(figure) / total).ToString("0.0%", CultureInfo.InvariantCulture);
        }
    }
}
