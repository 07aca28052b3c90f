using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>Runs with 1 to 4 trainers, and one in which trainers come and go, all end in one state.</summary>
/// <param name="trainers">Numbers of trainers.</param>
internal sealed class ElasticScenario(params int[] trainers) : Scenario
{
    public override string Name => "elastic";

    public override string Purpose =>
        "the same checkpoint hash for any number of trainers, and with trainers coming and going";

    public override async Task RunAsync(Lab lab)
    {
        ReferenceRun reference = await lab.ReferenceAsync(lab.Settings);
        lab.Report.Say($"one process: {reference.Hash}");
        foreach (int count in trainers)
        {
            lab.Report.Say($"{count} trainer(s)");
            await using LocalCluster cluster = LocalCluster.Start(
                new ClusterPlan(count, Supervisors: 1), lab.Folder($"trainers-{count}"), lab.Settings);
            await FinishAsync(lab, cluster, reference);
        }
        await ComingAndGoingAsync(lab);
    }

    private static async Task ComingAndGoingAsync(Lab lab)
    {
        lab.Report.Say("2 trainers; one is killed for good, one leaves, three come");
        await using LocalCluster cluster = LocalCluster.Start(
            new ClusterPlan(2, Supervisors: 1), lab.Folder("coming-and-going"), lab.Settings.Endless);
        long part = lab.Settings.Steps / 8;
        await cluster.RunningAsync(2);
        await cluster.EventLog.StepAsync(part, Timeout);
        await cluster.OrderAsync("add", "trainer");
        await cluster.RunningAsync(3, cluster.EventLog.Read().Count);
        await cluster.OrderAsync("kill", "trainer-1", "--stay-down");
        await cluster.RunningAsync(2, cluster.EventLog.Read().Count);
        await cluster.OrderAsync("add", "trainer");
        await cluster.OrderAsync("stop", "trainer-2");
        await cluster.LineAsync(line => line == "trainer-2 has ended (exit code 0)");
        await cluster.OrderAsync("add", "trainer");
        await cluster.RunningAsync(3, cluster.EventLog.Read().Count);
        await cluster.EventLog.StepAsync(lab.Settings.Steps, WholeRun(lab));
        await StopAndCheckAsync(lab, cluster, lab.Settings);
    }

    private static async Task FinishAsync(Lab lab, LocalCluster cluster, ReferenceRun reference)
    {
        int code = await cluster.EndAsync(WholeRun(lab));
        int[] sizes = [.. cluster.EventLog.Read().Where(e => e.Event == "generation").Select(e => e.Hosts.Count)];
        lab.Report.Check(code == 0, $"exit code {code}; trainers in the generations: {string.Join(' ', sizes)}");
        await RunCheck.RunAsync(lab.Report, cluster.Run, reference);
        CheckLeftovers(lab, cluster);
    }
}
