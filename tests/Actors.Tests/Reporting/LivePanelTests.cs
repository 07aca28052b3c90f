using Spectre.Console;
using Starling.Actors.Reporting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Reporting;

public sealed class LivePanelTests
{
    private sealed record State(string Text);

    private readonly StringWriter _output = new();

    [Fact]
    public async Task It_draws_the_newest_state_and_keeps_every_note()
    {
        await using (LivePanel<State> panel = new(Terminal(_output), s => new Text(s.Text)))
        {
            panel.Note("the first [note]");
            panel.Show(new State("the state"));
            panel.Note("the second note");
        }
        foreach (string text in (string[])["the first [note]", "the state", "the second note"])
            Assert.Contains(text, _output.ToString());
    }

    [Fact]
    public async Task A_failure_to_draw_is_said_once_and_later_notes_are_still_written()
    {
        int drawn = 0;
        await using (LivePanel<State> panel = new(Terminal(_output), _ =>
        {
            drawn++;
            throw new ArgumentException("two nodes [of] one address");
        }))
        {
            panel.Show(new State("the first"));
            panel.Note("a note");
            panel.Show(new State("the second"));
        }
        string text = _output.ToString();
        Assert.Equal(1, drawn);
        Assert.Equal(2, text.Split("the panel could not be drawn").Length);
        Assert.Contains("two nodes [of] one address", text);
        Assert.Contains("a note", text);
    }

    [Fact]
    public async Task A_terminal_that_takes_nothing_ends_no_run()
    {
        LivePanel<State> panel = new(Terminal(new BrokenWriter()), s => new Text(s.Text));
        panel.Note("a note");
        panel.Show(new State("a state"));
        await panel.DisposeAsync();
        panel.Note("too late");
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void Only_a_terminal_whose_cursor_can_be_moved_gets_a_panel(bool ansi, bool isTerminal, bool expected) =>
        Assert.Equal(expected, TestConsole.Of(_output, ansi, isTerminal).CanRedraw());

    private static IAnsiConsole Terminal(TextWriter output) => TestConsole.Of(output, ansi: true, isTerminal: true);
}
