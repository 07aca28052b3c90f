using Spectre.Console;

namespace Starling.Actors.Reporting;

/// <summary>Chooses how a run is shown.</summary>
public static class ProgressViews
{
    /// <summary>The live panel on a terminal, lines elsewhere.</summary>
    /// <param name="console">The terminal; its output is used for the lines as well.</param>
    /// <param name="logEverySteps">Steps between two lines.</param>
    public static IProgressView For(IAnsiConsole console, int logEverySteps) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi
            ? new LiveView(console)
            : new LineView(console.Profile.Out.Writer, logEverySteps);
}
