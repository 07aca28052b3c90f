using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;

namespace Starling.Cluster.Chaos;

/// <summary>The scenarios at full length.</summary>
internal static class Catalogue
{
    /// <summary>Checkpoints that are quickly evaluated, and often.</summary>
    private static readonly string[] Evaluations =
    [
        "evaluation.enabled=true", "evaluation.everySteps=100", "evaluation.samples=32", "evaluation.batch=16",
        "evaluation.perClass=1", "evaluation.probe.epochs=1",
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new ElasticScenario(1, 2, 3, 4),
        new KillScenario("trainers", new ClusterPlan(3), 20, Victims.OneHost),
        new KillScenario("supervisors", new ClusterPlan(3), 10, Victims.Leader) { Median = 2, Limit = 4 },
        new KillScenario("loaders", new ClusterPlan(2, Loaders: 2), 10, Victims.OneOf("loader")),
        new KillScenario("evaluators", new ClusterPlan(2, Evaluators: 1), 5, Victims.OneOf("evaluator"))
        {
            Settings = Evaluations,
        },
        new KillScenario("everybody", new ClusterPlan(3), 3, Victims.AllTrainers)
        {
            LosesMemory = true,
            LimitBesideStart = 3,
        },
        new FreezeScenario(TimeSpan.FromSeconds(30)),
        new TerminateScenario(TimeSpan.FromSeconds(10)),
        new SlowScenario(),
        new SoakScenario(50),
        new GoodputScenario(20, TimeSpan.FromMinutes(1)),
        new PartitionScenario(20),
        new ConnectionsScenario(300, 40, 40),
        new EndingsScenario(50),
        new StopsScenario(20),
        new NamesScenario(3, TimeSpan.FromSeconds(25)),
        new StrangersScenario(5, 50, 100),
        new DisksScenario(),
        new ReadsScenario(TimeSpan.FromSeconds(10)),
    ];
}
