using Starling.Actors.Configuration;
using Starling.Actors.Coordination;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.Tests.LocalCluster;

public sealed class MemberTests
{
    [Fact]
    public void The_first_member_is_a_supervisor()
    {
        MemberPlan[] members = [.. Request(loaders: 1).Members()];
        Assert.Equal(["supervisor-1", "supervisor-2", "loader-1", "trainer-1", "trainer-2", "evaluator-1"],
            members.Select(m => m.Name));
        Assert.All(members, m => Assert.Equal([m.Kind], m.Roles));
    }

    [Fact]
    public void Without_loaders_each_trainer_makes_its_own_batches() =>
        Assert.All(Request(loaders: 0).Members().Where(m => m.Kind == NodeRole.Trainer),
            m => Assert.Equal([NodeRole.Trainer, NodeRole.Loader], m.Roles));

    [Fact]
    public void A_member_that_keeps_dying_waits_longer_and_longer_up_to_a_limit()
    {
        TimeSpan[] waits = [.. Enumerable.Range(1, 50).Select(Backoff.After)];
        Assert.True(waits[0] < TimeSpan.FromSeconds(1));
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(TimeSpan.FromSeconds(10), waits[^1]);
    }

    [Fact]
    public void What_a_node_prints_is_understood_by_its_manager()
    {
        string ready = NodeLines.Ready("trainer-1", "akka.tcp://starling@127.0.0.1:4000",
            new Uri("http://127.0.0.1:8080/metrics"));
        Assert.Equal(("akka.tcp://starling@127.0.0.1:4000", "http://127.0.0.1:8080/metrics"),
            NodeLines.TryReadReady(ready));
        foreach (RunOutcome outcome in Enum.GetValues<RunOutcome>())
            Assert.Equal(outcome, NodeLines.TryReadOver(NodeLines.Over(outcome, 20)));
        Assert.Null(NodeLines.TryReadReady("step 1/20"));
        Assert.Null(NodeLines.TryReadOver("step 1/20"));
    }

    [Fact]
    public void On_one_machine_trainers_share_the_cores_and_get_tokens()
    {
        ClusterRequest fitted = Request(loaders: 1).OnOneMachine(new StarlingOptions(), cores: 9, noExchange: null);
        Assert.Equal(["data.tokenizeOn=loader", "training.threads=4"], fitted.Overrides);
        Assert.Equal(1, fitted.Evaluators);
        Assert.Equal(["training.threads=1"],
            Request(loaders: 0).OnOneMachine(new StarlingOptions(), cores: 1, noExchange: null).Overrides);
    }

    [Fact]
    public void One_trainer_needs_no_library_for_exchanges_and_two_are_refused_at_once()
    {
        ClusterRequest one = Request(loaders: 0) with { Trainers = 1 };
        ClusterRequest fitted = one.OnOneMachine(new StarlingOptions(), cores: 2, "there is no gloo");
        Assert.Equal(["cluster.engine=inproc", "training.threads=2"], fitted.Overrides);
        Assert.Equal("there is no gloo", fitted.WhyNoMoreTrainers);
        Assert.Contains("there is no gloo", Assert.Throws<StarlingException>(
            () => Request(loaders: 0).OnOneMachine(new StarlingOptions(), cores: 2, "there is no gloo")).Message);
        Assert.Null(one.OnOneMachine(new StarlingOptions(), cores: 2, noExchange: null).WhyNoMoreTrainers);
    }

    [Fact]
    public void What_the_user_set_wins_over_what_suits_one_machine()
    {
        StarlingOptions options = new()
        {
            Training = new() { Threads = 3 },
            Evaluation = new() { Enabled = false },
        };
        Assert.Empty(Request(loaders: 0).OnOneMachine(options, cores: 8, noExchange: null).Overrides);
        Assert.Equal(0, Request(loaders: 0).OnOneMachine(options, cores: 8, noExchange: null).Evaluators);
        ClusterRequest request = Request(loaders: 1) with { Overrides = ["data.tokenizeOn=trainer"] };
        Assert.Equal("data.tokenizeOn=trainer",
            request.OnOneMachine(options, cores: 8, noExchange: null).Overrides[^1]);
    }

    private static ClusterRequest Request(int loaders) => new(2, 2, loaders, 1, "run", "configs/tiny.json", []);
}
