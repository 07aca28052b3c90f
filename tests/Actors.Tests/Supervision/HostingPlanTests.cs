using System.Collections.Immutable;
using Starling.Actors.Supervision;

namespace Starling.Actors.Tests.Supervision;

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
                ImmutableSortedDictionary<string, ImmutableArray<int>> plan = HostingPlan.Deal(names, replicas);
                Assert.Equal(names.Order(StringComparer.Ordinal), plan.Keys);
                Assert.Equal(Enumerable.Range(0, replicas), plan.Values.SelectMany(hosted => hosted));
                int[] counts = [.. plan.Values.Select(hosted => hosted.Length)];
                Assert.InRange(counts.Max() - counts.Min(), 0, 1);
            }
        }
    }

    [Fact]
    public void Trainers_beyond_the_replicas_stand_by()
    {
        var plan = HostingPlan.Deal(["c", "a", "b"], 2);
        Assert.Equal([0], plan["a"]);
        Assert.Equal([1], plan["b"]);
        Assert.Empty(plan["c"]);
    }

    [Fact]
    public void The_same_members_give_the_same_plan_in_whatever_order_they_came()
    {
        var one = HostingPlan.Deal(["a", "b", "c"], 8);
        var other = HostingPlan.Deal(["c", "b", "a"], 8);
        Assert.Equal(one.SelectMany(p => p.Value.Select(r => (p.Key, r))),
            other.SelectMany(p => p.Value.Select(r => (p.Key, r))));
    }
}
