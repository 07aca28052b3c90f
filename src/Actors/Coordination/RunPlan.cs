namespace Starling.Actors.Coordination;

/// <summary>The facts and limits of a run that are fixed before it starts.</summary>
/// <param name="Steps">Number of steps in the whole run.</param>
/// <param name="Replicas">L, the number of replicas.</param>
/// <param name="EvaluateEverySteps">
/// The first checkpoint at or after every multiple of this number is evaluated. 0: only the last checkpoint.
/// </param>
/// <param name="EvaluationEnabled">False if no checkpoint is evaluated.</param>
/// <param name="MaxFruitlessGenerations">
/// Number of generations in a row that may fail by themselves, without a single step, before the run ends as failed. A
/// generation that ended because a trainer's process died does not count, since that says nothing about the run. Nor
/// does one whose hosts lost the connections to each other; see <see cref="MaxTicksWithoutExchange"/>.
/// </param>
public sealed record RunPlan(
    long Steps, int Replicas, long EvaluateEverySteps, bool EvaluationEnabled, int MaxFruitlessGenerations = 3)
{
    /// <summary>
    /// Whether the run has one node only: if its trainer cannot work, the run cannot go on. In a cluster, a node that
    /// works may come.
    /// </summary>
    public bool IsSingleNode { get; init; }

    /// <summary>
    /// Number of ticks, one a second, for which generations in a row may lose the connections between their hosts
    /// without a single step, before the run ends as failed. A switch that is started again needs minutes.
    /// </summary>
    public long MaxTicksWithoutExchange { get; init; } = 600;

    /// <summary>
    /// Number of times in a row that a trainer may fail without a step before the other trainers go on without it.
    /// </summary>
    public int MaxTrainerFailures { get; init; } = 3;

    /// <summary>The steps whose checkpoints an earlier attempt has evaluated.</summary>
    public IReadOnlySet<long> Evaluated { get; init; } = new HashSet<long>();

    /// <summary>
    /// The time that further trainers have to register after the first one; zero if no further one is expected.
    /// </summary>
    public TimeSpan Settle { get; init; }

    /// <summary>The time that a trainer has to answer a roll call.</summary>
    public TimeSpan RollCallTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The time that the hosts have to bind, and again to connect. Connecting includes loading or copying the state.
    /// </summary>
    public TimeSpan FormTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Number of pings in a row, one a second, that may stay unanswered before the roll is called. The number is
    /// greater than the seconds that the cluster needs to notice an unreachable node.
    /// </summary>
    public int UnansweredPings { get; init; } = 7;

    /// <summary>Number of evaluators that may be lost over one checkpoint before the checkpoint is given up.</summary>
    public int MaxEvaluators { get; init; } = 3;
}
