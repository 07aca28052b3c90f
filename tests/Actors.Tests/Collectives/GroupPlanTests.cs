using Starling.Actors.Collectives;
using Starling.Model.Parameters;
using Starling.Model.Replicas;

namespace Starling.Actors.Tests.Collectives;

public class GroupPlanTests
{
    [Fact]
    public void The_hash_changes_with_everything_members_must_agree_on()
    {
        GroupPlan plan = Plan();
        GroupPlan[] others =
        [
            plan with { BucketElements = 101 },
            plan with { Hosting = new ReplicaHosting([[0], [1, 2, 3]]) },
            plan with { Hosting = new ReplicaHosting([[0, 1], [2, 3], []]) },
            plan with { Layouts = [new ParameterLayout([new ParameterShape("a", 2, 3)])] },
            plan with { Layouts = [new ParameterLayout([new ParameterShape("b", 2, 3), new ParameterShape("c", 5)])] },
            plan with { Layouts = [new ParameterLayout([new ParameterShape("a", 3, 2), new ParameterShape("c", 5)])] },
            plan with { Layouts = [.. plan.Layouts, .. plan.Layouts] },
        ];
        Assert.Equal(plan.Hash(), Plan().Hash());
        Assert.Equal(64, plan.Hash().Length);
        Assert.Equal(others.Length + 1, others.Append(plan).Select(p => p.Hash()).Distinct().Count());
    }

    private static GroupPlan Plan() => new(
        [new ParameterLayout([new ParameterShape("a", 2, 3), new ParameterShape("c", 5)])], 100,
        new ReplicaHosting([[0, 1], [2, 3]]));
}
