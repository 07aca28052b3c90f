namespace Starling.Actors.Managing;

/// <summary>What one start of <c>starling cluster</c> asks for, beyond the configuration.</summary>
/// <param name="Supervisors">Nodes that may run the supervisor: one leads, the others stand by.</param>
/// <param name="Trainers">Nodes that train.</param>
/// <param name="Loaders">Nodes that make batches; 0: each trainer its own.</param>
/// <param name="Evaluators">Nodes that evaluate.</param>
/// <param name="RunFolder">The run's folder.</param>
/// <param name="ConfigurationFile">The configuration file as the user named it.</param>
/// <param name="Overrides">The user's <c>--set</c> arguments.</param>
public sealed record ClusterRequest(int Supervisors, int Trainers, int Loaders, int Evaluators, string RunFolder,
    string ConfigurationFile, IReadOnlyList<string> Overrides)
{
    /// <summary>The members to start, the first one first: the others join it.</summary>
    internal IEnumerable<MemberPlan> Members() =>
        Enumerable.Range(1, Supervisors).Select(i => MemberPlan.Of("supervisor", i, this))
            .Concat(Enumerable.Range(1, Loaders).Select(i => MemberPlan.Of("loader", i, this)))
            .Concat(Enumerable.Range(1, Trainers).Select(i => MemberPlan.Of("trainer", i, this)))
            .Concat(Enumerable.Range(1, Evaluators).Select(i => MemberPlan.Of("evaluator", i, this)));
}
