using Starling.Actors.Protocol;
using Starling.Actors.Reporting;

namespace Starling.Actors.Tests.Reporting;

public sealed class StatusTextTests
{
    private static readonly NodeProtocol.MemberStatus Node = new("akka.tcp://starling@10.0.0.1:4000",
        ["trainer"], "up", Reachable: true);

    [Fact]
    public void It_says_who_does_what_and_how_far_the_run_is()
    {
        TrainerStatus host = new("trainer-1", 2, Node.Address, 0, [0, 1, 2, 3], 41, 0.5, 0.25, Slow: true,
            Leaving: false);
        TrainerStatus spare = new("trainer-2", 1, Node.Address, -1, [], -1, 0, 0, Slow: false, Leaving: true);
        FaultStatus fault = new(DateTimeOffset.UnixEpoch, 6, 40, "trainer-3 is gone");
        RunStatus run = new(3, 7, "running", 41, 200, 25, 2.5, null, [host, spare], ["loader-1"], [], null, [fault],
            [new NodeStatus("trainer-1", Node.Address)]);
        string text = string.Join('\n', StatusText.Lines(new NodeProtocol.ClusterStatus("trainer-1", [Node], run)));
        foreach (string part in (string[])["step 41 of 200", "2.50 steps/s", "last checkpoint 25", "term 3",
            "generation 7", "rank 0, replicas 0-3", "SLOW", "spare, leaving",
                "generation 6, step 40: trainer-3 is gone",
            "trainer-1      akka.tcp://starling@10.0.0.1:4000  trainer  up"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_supervisor_it_says_so_and_shows_the_members()
    {
        string[] lines = [.. StatusText.Lines(new NodeProtocol.ClusterStatus("a",
            [Node with { Reachable = false }], Run: null))];
        Assert.Equal("no supervisor answers", lines[0]);
        Assert.Contains("unreachable", lines[^1], StringComparison.Ordinal);
    }
}
