using System.Globalization;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>A trainer that runs at half speed is named in the log and in the metrics, and the run goes on.</summary>
internal sealed class SlowScenario : Scenario
{
    private const int Limit = 20;
    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(25);

    public override string Name => "slow";

    public override string Purpose => "a trainer stopped half of the time is flagged within 20 steps; the run goes on";

    public override async Task RunAsync(Lab lab)
    {
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(2, Loaders: 0, Supervisors: 1), lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        await cluster.EventLog.StepAsync(cluster.Step + 3 * Limit, Timeout);
        Member victim = await cluster.MemberAsync("trainer-2");
        Member leader = await cluster.MemberAsync("supervisor-1");
        lab.Report.Check(!cluster.EventLog.Read().Any(IsFlag), $"nobody is flagged in {cluster.Step} healthy steps");

        long began = cluster.Step;
        int entries = cluster.EventLog.Read().Count;
        using CancellationTokenSource enough = new();
        Task slowing = SlowDownAsync(victim.Process, enough.Token);
        try
        {
            await FlaggedAsync(lab, cluster, victim, leader, began, entries);
        }
        finally
        {
            await enough.CancelAsync();
            await slowing;
        }
        entries = cluster.EventLog.Read().Count;
        await cluster.EventLog.WaitAsync(
            e => IsNote(e, "keeps up with the others again"), Timeout, "the end of the flag", entries);
        lab.Report.Check(true,
            $"cleared again; the run went on to step {cluster.Step} in {GenerationOf(cluster)} generation(s)");
        await StopAsync(lab, cluster);
    }

    private static async Task FlaggedAsync(
        Lab lab, LocalCluster cluster, Member victim, Member leader, long began, int entries)
    {
        Entry flag = await cluster.EventLog.WaitAsync(IsFlag, Timeout, "the flag", entries);
        lab.Report.Check(flag.Step - began <= Limit,
            $"flagged {flag.Step - began} steps later (limit {Limit}): {flag.Fields.GetProperty("text").GetString()}");
        await cluster.EventLog.StepAsync(flag.Step + Limit, Timeout);
        double score = await ScoreAsync(leader.Metrics, victim.Name);
        lab.Report.Check(score is > 0.35 and < 0.67, string.Create(CultureInfo.InvariantCulture,
            $"starling_straggler_score{{trainer=\"{victim.Name}\"}} is {score:0.00} (half speed is 0.5)"));
    }

    private static bool IsFlag(Entry e) => IsNote(e, "is slow");

    private static bool IsNote(Entry e, string text) =>
        e.Event == "note" && e.Fields.GetProperty("text").GetString()!.Contains(text, StringComparison.Ordinal);

    private static async Task SlowDownAsync(int process, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            Signals.Send(process, Signals.Stop);
            await Task.Delay(Half, CancellationToken.None);
            Signals.Send(process, Signals.Continue);
            await Task.Delay(Half, CancellationToken.None);
        }
    }

    private static async Task<double> ScoreAsync(Uri metrics, string trainer)
    {
        using HttpClient http = new();
        string name = $"starling_straggler_score{{trainer=\"{trainer}\"}} ";
        string? line = (await http.GetStringAsync(metrics)).Split('\n')
            .FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
