using System.Collections.Immutable;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Tests.Coordination;

public sealed class HostingPlanTests
{
    [Fact]
    public void Every_replica_is_dealt_once_in_contiguous_runs_as_equal_as_can_be()
    {
        for (int trainers = 1; trainers <= 12; trainers++)
        {
            // Reversed, and past the tenth name in another order than the numbers': the names' order has to decide.
            string[] names = [.. Enumerable.Range(0, trainers).Reverse().Select(i => $"trainer-{i}")];
            for (int replicas = 1; replicas <= 64; replicas++)
            {
                ImmutableArray<HostedReplicas> plan = HostingPlan.Deal(names, replicas);
                Assert.Equal(names.Take(replicas).Order(StringComparer.Ordinal), plan.Select(h => h.Trainer));
                Assert.Equal(Enumerable.Range(0, replicas), plan.SelectMany(h => h.Replicas));
                int[] counts = [.. plan.Select(h => h.Replicas.Count)];
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            }
        }
    }

    [Fact]
    public void The_first_named_are_hosts_and_the_others_stand_by()
    {
        var plan = HostingPlan.Deal(["c", "a", "b"], 2);
        Assert.Equal(["a", "c"], plan.Select(h => h.Trainer));
        Assert.Equal([0, 1], plan.SelectMany(h => h.Replicas));
    }

    [Fact]
    public void The_same_hosts_give_the_same_plan_in_whatever_order_they_came()
    {
        var one = HostingPlan.Deal(["a", "b", "c"], 8);
        var other = HostingPlan.Deal(["c", "b", "a"], 8);
        Assert.Equal(one.SelectMany(h => h.Replicas.Select(r => (h.Trainer, r))),
            other.SelectMany(h => h.Replicas.Select(r => (h.Trainer, r))));
    }
}
