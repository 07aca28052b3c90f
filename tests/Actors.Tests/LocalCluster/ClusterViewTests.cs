using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.LocalCluster;

public sealed class ClusterViewTests
{
    private const string Address = "akka.tcp://starling@127.0.0.1:4000";
    private readonly StringWriter _output = new();

    [Fact]
    public async Task Lines_come_with_news_and_with_every_note()
    {
        RunStatus run = new(1, 2, "running", 3, 20, -1, 1.5, null,
            [Trainer("trainer-2", 1, [4, 5, 6]), Trainer("trainer-1", 0, [0, 1, 2, 3]), Trainer("trainer-3", -1, [])],
            [], [], null, [], []);
        FaultStatus fault = new(DateTimeOffset.UnixEpoch, 2, 11, "the checkpoint of step 11 was not stored: disk full");
        await using (IClusterView view = ClusterViews.For(TestConsole.Of(_output, ansi: true), everySteps: 10))
        {
            view.Show(Snapshot(null));
            view.Show(Snapshot(run));
            view.Note("a note");
            view.Show(Snapshot(run with { Step = 9 }));
            view.Show(Snapshot(run with { Step = 10 }));
            view.Show(Snapshot(run with { Step = 11, Checkpoint = 10 }));
            view.Show(Snapshot(run with { Step = 11, Checkpoint = 10, Faults = [fault] }));
            view.Show(Snapshot(run with { Step = 11, Checkpoint = 10, Faults = [fault] }));
        }
        Assert.Equal("""
            step 3/20  1.50 steps/s  running  term 1  generation 2  checkpoint -1  hosts trainer-1:4 trainer-2:3
            a note
            step 10/20  1.50 steps/s  running  term 1  generation 2  checkpoint -1  hosts trainer-1:4 trainer-2:3
            step 11/20  1.50 steps/s  running  term 1  generation 2  checkpoint 10  hosts trainer-1:4 trainer-2:3
            fault after step 11: the checkpoint of step 11 was not stored: disk full

            """, _output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_terminal_gets_a_panel_with_the_members_and_the_processes()
    {
        await using (IClusterView view =
            ClusterViews.For(TestConsole.Of(_output, ansi: true, isTerminal: true), everySteps: 10))
        {
            view.Note("a note");
            view.Show(Snapshot(new RunStatus(1, 2, "gathering", 0, 20, -1, 0, null, [], [], [], null, [], [])));
        }
        foreach (string text in (string[])["a note", "my [run]", "term 1, generation 2", Address, "pid 77"])
            Assert.Contains(text, _output.ToString());
    }

    [Fact]
    public async Task A_cluster_whose_nodes_do_not_answer_is_shown_by_its_processes()
    {
        await using (IClusterView view =
            ClusterViews.For(TestConsole.Of(_output, ansi: true, isTerminal: true), everySteps: 10))
            view.Show(new ClusterSnapshot("r", null, ["supervisor-1 starting"]));
        Assert.Contains("no node answers", _output.ToString());
        Assert.Contains("supervisor-1 starting", _output.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_output_that_takes_nothing_ends_no_run(bool isTerminal)
    {
        IClusterView view = ClusterViews.For(TestConsole.Of(new BrokenWriter(), ansi: true, isTerminal), everySteps: 1);
        view.Note("a note");
        view.Show(Snapshot(null));
        await view.DisposeAsync();
        view.Note("too late");
    }

    private static TrainerStatus Trainer(string name, int rank, int[] replicas) =>
        new(name, 1, Address, rank, replicas, 3, 0.5, 0.25, Slow: false, Leaving: false);

    private static ClusterSnapshot Snapshot(RunStatus? run) => new("my [run]",
        new NodeProtocol.ClusterStatus("a", [new NodeProtocol.MemberStatus(Address, ["trainer"], "up", true)], run),
        ["trainer-1 ready pid 77"]);
}
