using System.Text;
using Spectre.Console;

namespace Starling.Actors.Tests.Support;

/// <summary>A console of 120 columns that writes to a test's writer.</summary>
/// <param name="writer">Gets the output.</param>
/// <param name="isTerminal">Whether the output counts as a terminal.</param>
internal sealed class TestConsole(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
{
    public TextWriter Writer => writer;

    public bool IsTerminal => isTerminal;

    public int Width => 120;

    public int Height => 50;

    public static IAnsiConsole Of(TextWriter writer, bool ansi, bool isTerminal = false)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new TestConsole(writer, isTerminal),
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 120;
        return console;
    }

    public void SetEncoding(Encoding encoding)
    {
    }
}
