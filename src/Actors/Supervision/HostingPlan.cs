using System.Collections.Immutable;

namespace Starling.Actors.Supervision;

/// <summary>Who hosts which logical replicas.</summary>
public static class HostingPlan
{
    /// <summary>
    /// Deals replicas 0..L−1 to trainers in name order: contiguous runs whose lengths differ by one at most. Contiguous
    /// runs form the fewest aligned subtrees, hence the least to exchange. Trainers beyond L get none and stand by.
    /// </summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<int>> Deal(
        IEnumerable<string> trainers, int replicas)
    {
        string[] names = [.. trainers.Order(StringComparer.Ordinal)];
        var plan = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<int>>(StringComparer.Ordinal);
        int hosts = Math.Min(names.Length, replicas), next = 0;
        for (int i = 0; i < names.Length; i++)
        {
            int count = i < hosts ? (replicas - next) / (hosts - i) : 0;
            plan.Add(names[i], [.. Enumerable.Range(next, count)]);
            next += count;
        }
        return plan.ToImmutable();
    }
}
