namespace Starling.Model.Checkpoints;

/// <summary>
/// Which checkpoints stay: the union of the newest, those at round steps, and the best by a metric. Pure: what is
/// deleted follows from the list alone. Checkpoints whose manifest cannot be used neither count nor are deleted,
/// because what went wrong with them is for a person to see.
/// </summary>
/// <param name="Latest">How many of the newest stay; at least one always does.</param>
/// <param name="EverySteps">Multiples of this stay for ever; 0 for none.</param>
/// <param name="Best">The best by a metric stay; null for none.</param>
public sealed record KeepPolicy(int Latest, long EverySteps = 0, KeepBest? Best = null)
{
    /// <summary>
    /// The steps to delete, ascending. <paramref name="scores"/> has the metric's value by step where an evaluation
    /// gave one, after the checkpoint was written; for other steps the manifest's own value counts, if it has one.
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
