using System.Globalization;
using Starling.Actors.Configuration;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>What one start of <c>starling cluster</c> asks for, beyond the configuration.</summary>
/// <param name="Supervisors">Number of nodes that may run the supervisor: one leads, the others stand by.</param>
/// <param name="Trainers">Number of nodes that train.</param>
/// <param name="Loaders">Number of nodes that make batches; with 0 each trainer makes its own.</param>
/// <param name="Evaluators">Number of nodes that evaluate.</param>
/// <param name="RunFolder">The run's folder.</param>
/// <param name="ConfigurationFile">The configuration file as the user named it.</param>
/// <param name="Overrides">The user's <c>--set</c> arguments.</param>
public sealed record ClusterRequest(int Supervisors, int Trainers, int Loaders, int Evaluators, string RunFolder,
    string ConfigurationFile, IReadOnlyList<string> Overrides)
{
    /// <summary>Why no trainer may join the first one; null if some may.</summary>
    internal string? WhyNoMoreTrainers { get; private init; }

    /// <summary>
    /// Returns the request with the settings that follow from all members being on one machine. The user's <c>--set</c>
    /// arguments come last, so they override these settings.
    /// </summary>
    /// <param name="options">The configuration.</param>
    /// <param name="cores">Processor cores of the machine.</param>
    /// <param name="noExchange">Why processes cannot exchange with each other here; null if they can.</param>
    /// <exception cref="StarlingException">Several trainers are asked for, and cannot exchange.</exception>
    internal ClusterRequest OnOneMachine(StarlingOptions options, int cores, string? noExchange)
    {
        List<string> settings = [];
        if (options.Cluster.Engine is not (CollectiveEngine.Auto or CollectiveEngine.Gloo)) noExchange = null;
        if (noExchange is not null && Trainers > 1)
            throw new StarlingException($"{noExchange}; or take --trainers 1");
        if (noExchange is not null) settings.Add("cluster.engine=inproc"); // one trainer exchanges with nobody
        if (Loaders > 0) settings.Add("data.tokenizeOn=loader"); // images do not travel between processes
        // By default a trainer uses every core of the machine, and several trainers would slow each other down.
        if (options.Training.Threads == 0 && Trainers > 0)
            settings.Add("training.threads=" + Math.Max(1, cores / Trainers).ToString(CultureInfo.InvariantCulture));
        return this with
        {
            Evaluators = options.Evaluation.Enabled ? Evaluators : 0,
            Overrides = [.. settings, .. Overrides],
            WhyNoMoreTrainers = noExchange,
        };
    }

    /// <summary>Lists the members to start. The first one begins the cluster, and the others join it.</summary>
    internal IEnumerable<MemberPlan> Members() =>
        Enumerable.Range(1, Supervisors).Select(i => MemberPlan.Of("supervisor", i, this))
            .Concat(Enumerable.Range(1, Loaders).Select(i => MemberPlan.Of("loader", i, this)))
            .Concat(Enumerable.Range(1, Trainers).Select(i => MemberPlan.Of("trainer", i, this)))
            .Concat(Enumerable.Range(1, Evaluators).Select(i => MemberPlan.Of("evaluator", i, this)));
}
