using System.Collections.Immutable;

namespace Starling.Actors.Coordination.Hosts;

/// <summary>Decides which trainer hosts which replicas.</summary>
public static class HostingPlan
{
    /// <summary>
    /// Deals the replicas 0..L−1 to the hosts in the order of their names. Each host gets consecutive replicas, and the
    /// numbers of replicas differ by one at most. Consecutive replicas form the fewest aligned subtrees of the gradient
    /// sum, so the hosts exchange the least. If there are more than L trainers, the first L are hosts and the others
    /// are spares.
    /// </summary>
    /// <param name="trainers">Names of the trainers. Those that should rather be hosts than spares come first.</param>
    /// <param name="replicas">L, the number of replicas.</param>
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
