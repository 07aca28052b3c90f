namespace Starling.Model.Checkpoints;

/// <summary>
/// The rule that decides which checkpoints are kept: the newest, those at round steps, and the best by a metric. The
/// decision follows from the list of checkpoints alone. Checkpoints whose manifest cannot be used are neither counted
/// nor deleted, so that a person can see what happened to them.
/// </summary>
/// <param name="Latest">How many of the newest are kept; at least one always is.</param>
/// <param name="EverySteps">Multiples of this step are kept for ever; 0 for none.</param>
/// <param name="Best">Keeps the best by a metric; null for none.</param>
public sealed record KeepPolicy(int Latest, long EverySteps = 0, KeepBest? Best = null)
{
    /// <summary>
    /// Gives the steps to delete, ascending. <paramref name="scores"/> has the metric's values by step from
    /// evaluations, which are made after the checkpoint was written. For other steps the value in the manifest counts,
    /// if there is one.
    /// </summary>
    public IReadOnlyList<long> Prune(IEnumerable<CheckpointEntry> existing,
        IReadOnlyDictionary<long, double>? scores = null)
    {
        CheckpointEntry[] candidates = [.. existing.Where(e => e.Manifest is not null).OrderBy(e => e.Step)];
        HashSet<long> kept = [.. candidates.TakeLast(Math.Max(Latest, 1)).Select(e => e.Step)];
        if (EverySteps > 0) kept.UnionWith(candidates.Select(e => e.Step).Where(step => step % EverySteps == 0));
        if (Best is not null)
            kept.UnionWith(candidates
                .Select(e => (e.Step, Score: Score(e, Best.Metric, scores)))
                .Where(e => !double.IsNaN(e.Score))
                .OrderBy(e => Best.LowerIsBetter ? e.Score : -e.Score).ThenByDescending(e => e.Step)
                .Take(Best.Count).Select(e => e.Step));
        return [.. candidates.Select(e => e.Step).Where(step => !kept.Contains(step))];
    }

    private static double Score(CheckpointEntry entry, string metric, IReadOnlyDictionary<long, double>? scores) =>
        scores is not null && scores.TryGetValue(entry.Step, out double score)
            ? score
            : entry.Manifest!.Metrics.GetValueOrDefault(metric, double.NaN);
}
