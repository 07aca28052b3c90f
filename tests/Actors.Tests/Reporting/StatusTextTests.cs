using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Reporting;

public sealed class StatusTextTests
{
    private const string Address = "akka.tcp://starling@10.0.0.1:4000";

    private static readonly NodeProtocol.MemberStatus Node = new(Address, ["trainer"], "up", Reachable: true);

    [Fact]
    public void It_says_who_does_what_and_how_far_the_run_is()
    {
        TrainerStatus host = new("trainer-1", 2, Address, 0, [0, 1, 2, 3], 41, 0.5, 0.25, Slow: true, Leaving: false);
        TrainerStatus spare = new("trainer-2", 1, Address, -1, [], -1, 0, 0, Slow: false, Leaving: true);
        FaultStatus fault = new(DateTimeOffset.UnixEpoch, 6, 40, "trainer-3 is gone");
        RunStatus run = new(3, 7, "running", 41, 200, 25, 2.5, null, [host, spare], ["loader-1"], [], null, [fault],
            [new NodeStatus("trainer-1", Address)]);
        Assert.Equal("""
            step 41 of 200, 2.50 steps/s, running, last checkpoint 25
            term 3, generation 7
            trainers
              trainer-1      rank 0, replicas 0-3, step 41, busy 0.500 s, waiting 0.250 s, SLOW
              trainer-2      spare, leaving
            last faults
              00:00:00 generation 6, step 40: trainer-3 is gone
            members
              trainer-1      akka.tcp://starling@10.0.0.1:4000  trainer  up
            """, Rendered([Node], run));
    }

    [Fact]
    public void It_says_what_the_time_was_spent_on_the_most_first()
    {
        RunTimesRecord times = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(200),
            new Dictionary<string, double> { ["productive"] = 190, ["data_wait"] = 2, ["redo"] = 0, ["exchange"] = 8 });
        Assert.Equal(["goodput 95.0% of 3m20s", "  productive 95.0%, exchange 4.0%, data wait 1.0%"],
            StatusText.Times(times));
    }

    [Fact]
    public void A_node_that_was_restarted_under_another_name_on_its_port_shows_both_names()
    {
        const string other = "akka.tcp://starling@10.0.0.2:4000";
        RunStatus run = new(1, 2, "gathering", 0, 200, -1, 0, "a trainer", [], [], [], 100, [],
            [new NodeStatus("trainer-1", Address), new NodeStatus("trainer-9", Address)]);
        Assert.Equal("""
            step 0 of 200, 0.00 steps/s, gathering, no checkpoint yet, evaluating 100
            term 1, generation 2
            waiting for a trainer
            trainers
            members
              trainer-1/trainer-9 akka.tcp://starling@10.0.0.1:4000  trainer  up
              ?              akka.tcp://starling@10.0.0.2:4000  loader,trainer  joining
            """,
            Rendered([Node, new NodeProtocol.MemberStatus(other, ["loader", "trainer"], "joining", true)], run));
    }

    [Fact]
    public void Without_a_supervisor_it_says_so_and_shows_the_members() => Assert.Equal("""
        no supervisor answers
        members
          ?              akka.tcp://starling@10.0.0.1:4000  trainer  up, unreachable
        """, Rendered([Node with { Reachable = false }], run: null));

    private static string Rendered(IReadOnlyList<NodeProtocol.MemberStatus> members, RunStatus? run) =>
        string.Join('\n', StatusText.Lines(new NodeProtocol.ClusterStatus("trainer-1", [.. members], run)));
}
