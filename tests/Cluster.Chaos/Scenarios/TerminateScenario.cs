using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>SIGTERM to a node of every role: it leaves, and nobody waits for it.</summary>
/// <param name="watch">How long the others' steps are watched after each.</param>
internal sealed class TerminateScenario(TimeSpan watch) : Scenario
{
    /// <summary>Less than any timeout that a node could have waited for.</summary>
    private const double LongestPause = 2.5;

    public override string Name => "terminate";

    public override string Purpose =>
        "SIGTERM to a node of every role: exit code 0 within 30 s, no step lost, no waiting";

    public override async Task RunAsync(Lab lab)
    {
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(Trainers: 3, Loaders: 2, Evaluators: 1, Supervisors: 2), lab.Folder(Name),
            lab.Settings.Endless.With("evaluation.enabled=true"));
        await cluster.CompleteAsync();
        await TerminateAsync(lab, cluster, "a loader", await cluster.MemberAsync("loader-1"));
        await TerminateAsync(lab, cluster, "the evaluator", await cluster.MemberAsync("evaluator-1"));
        await TerminateAsync(lab, cluster, "a trainer, of three", await cluster.MemberAsync("trainer-3"));
        await TerminateAsync(lab, cluster, "the trainer of rank 0, of two", await cluster.MemberAsync("trainer-1"));
        Member leader = await Poll.ForAsync(
            () => Victims.LeaderOf(cluster), Timeout, () => "a supervisor that leads");
        await TerminateAsync(lab, cluster, "the supervisor that leads", leader);
        Member last = await cluster.MemberAsync("trainer-2");
        DateTimeOffset asked = TimeProvider.System.GetUtcNow();
        Signals.Send(last.Process, Signals.Terminate);
        await cluster.LineAsync(line => line == $"{last.Name} has ended (exit code 0)");
        lab.Report.Limit("the last trainer, which stores the state, has left",
            (TimeProvider.System.GetUtcNow() - asked).TotalSeconds, 30);
        await StopAsync(lab, cluster);
        RunCheck.Commits(lab.Report, cluster.Run, RunFolder.Stored(cluster.Run));
    }

    private async Task TerminateAsync(Lab lab, LocalCluster cluster, string who, Member member)
    {
        int entries = cluster.EventLog.Read().Count - 1;
        DateTimeOffset asked = TimeProvider.System.GetUtcNow();
        Signals.Send(member.Process, Signals.Terminate);
        await cluster.LineAsync(line => line == $"{member.Name} has ended (exit code 0)");
        lab.Report.Limit($"{who} ({member.Name}) has left with exit code 0",
            (TimeProvider.System.GetUtcNow() - asked).TotalSeconds, 30);
        DateTimeOffset until = TimeProvider.System.GetUtcNow() + watch;
        await cluster.EventLog.WaitAsync(
            e => e.Event == "committed" && e.Time > until, Timeout, "the next steps", entries);
        DateTimeOffset[] commits =
            [.. cluster.EventLog.Read().Skip(entries).Where(e => e.Event == "committed").Select(e => e.Time)];
        lab.Report.Limit("  the longest pause between two steps meanwhile",
            commits.Zip(commits.Skip(1), (a, b) => (b - a).TotalSeconds).DefaultIfEmpty(0).Max(), LongestPause);
    }
}
