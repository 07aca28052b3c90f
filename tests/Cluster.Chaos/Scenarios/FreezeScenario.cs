using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// A trainer's process is frozen and wakes later: the others go on without it, it applies and publishes nothing any
/// more, ends by itself, and comes back as a newcomer.
/// </summary>
/// <param name="frozen">For how long.</param>
internal sealed class FreezeScenario(TimeSpan frozen) : Scenario
{
    public override string Name => "freeze";

    public override string Purpose =>
        $"SIGSTOP of a trainer for {frozen.TotalSeconds:0} s and SIGCONT: fenced out, and back as a newcomer";

    public override async Task RunAsync(Lab lab)
    {
        KeyedRandom random = lab.Random(2);
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(3), lab.Folder(Name), lab.Settings.Endless);
        await cluster.CompleteAsync();
        string name = $"trainer-{1 + random.Below(3)}";
        Member victim = await cluster.MemberAsync(name);
        EventLogReader own = new(Path.Combine(cluster.Run, $"events-{name}.jsonl"));
        long generation = GenerationOf(cluster), step = cluster.Step;
        DateTimeOffset stopped = TimeProvider.System.GetUtcNow();
        Signals.Send(victim.Process, Signals.Stop);
        Entry next = await cluster.EventLog.WaitAsync(
            e => e.Event == "committed" && e.Generation > generation, Timeout, "a step of the others");
        lab.Report.Limit(
            $"{name} frozen at step {step}: the others' next step", (next.Time - stopped).TotalSeconds, 10);
        TimeSpan left = frozen - (TimeProvider.System.GetUtcNow() - stopped);
        if (left > TimeSpan.Zero) await Task.Delay(left);
        int attempt = own.Read()[^1].Attempt, before = own.Read().Count;
        long reached = cluster.Step;
        DateTimeOffset woken = TimeProvider.System.GetUtcNow();
        Signals.Send(victim.Process, Signals.Continue);
        await cluster.LineAsync(line =>
            line.StartsWith($"{name} died (exit code {ExitCodes.StartAgain})", StringComparison.Ordinal));
        double ended = (TimeProvider.System.GetUtcNow() - woken).TotalSeconds;
        lab.Report.Say(string.Create(CultureInfo.InvariantCulture,
            $"  woken at step {reached}, it ended after {ended:0.00} s with {ExitCodes.StartAgain}"));
        await cluster.MemberAsync(name, besides: victim.Process);
        await cluster.RunningAsync(3, cluster.EventLog.Read().Count);

        Entry[] late = [.. own.Read().Skip(before).Where(e => e.Attempt == attempt)];
        // A step that it had confirmed before it was frozen is one that the others have as well: they go on after it.
        int applied = late.Count(e => e.Event == "step" && e.Step >= next.Step);
        lab.Report.Check(applied == 0, $"steps that it applied after it woke: {applied}");
        int stored = late.Count(e => e.Event == "checkpoint");
        lab.Report.Check(stored == 0, $"checkpoints that it published after it woke: {stored}");
        lab.Report.Check(cluster.EventLog.HostsOf(GenerationOf(cluster)).Contains(name),
            $"it is back as a newcomer, one of three that make steps (at {cluster.Step})");
        await StopAsync(lab, cluster);
        RunCheck.Commits(lab.Report, cluster.Run, RunFolder.Stored(cluster.Run));
    }
}
