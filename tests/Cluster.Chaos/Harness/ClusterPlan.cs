namespace Starling.Cluster.Chaos.Harness;

/// <summary>How many of which members a cluster has.</summary>
internal sealed record ClusterPlan(int Trainers = 3, int Loaders = 1, int Evaluators = 0, int Supervisors = 2)
{
    public IEnumerable<string> Arguments =>
    [
        "--supervisors", $"{Supervisors}", "--trainers", $"{Trainers}", "--loaders", $"{Loaders}",
        "--evaluators", $"{Evaluators}",
    ];

    public int Count => Trainers + Loaders + Evaluators + Supervisors;
}
