using System.Collections.Immutable;

namespace Starling.Actors.Coordination;

/// <summary>Who hosts which logical replicas.</summary>
public static class HostingPlan
{
    /// <summary>
    /// Deals replicas 0..L−1 to trainers in name order: contiguous runs whose lengths differ by one at most. Contiguous
    /// runs form the fewest aligned subtrees, hence the least to exchange. Where there are more than L trainers, the
    /// first L of the order given are hosts and the others stand by.
    /// </summary>
    /// <param name="trainers">Whoever is to be a host rather than a spare, first.</param>
    /// <param name="replicas">L.</param>
    /// <returns>The hosts in the order of their ranks.</returns>
    public static ImmutableArray<HostedReplicas> Deal(IEnumerable<string> trainers, int replicas)
    {
        string[] hosts = [.. trainers.Take(replicas).Order(StringComparer.Ordinal)];
        var plan = ImmutableArray.CreateBuilder<HostedReplicas>(hosts.Length);
        int next = 0;
        for (int i = 0; i < hosts.Length; i++)
        {
            int count = (replicas - next) / (hosts.Length - i);
            plan.Add(new HostedReplicas(hosts[i], [.. Enumerable.Range(next, count)]));
            next += count;
        }
        return plan.MoveToImmutable();
    }
}
