using Spectre.Console;

namespace Starling.Actors.Reporting;

/// <summary>Chooses how a run is shown.</summary>
public static class ProgressViews
{
    /// <summary>Makes the live panel for a terminal, and a view of lines for any other output.</summary>
    /// <param name="console">The terminal. The lines go to its output as well.</param>
    /// <param name="logEverySteps">Steps between two lines.</param>
    public static IProgressView For(IAnsiConsole console, int logEverySteps) => console.CanRedraw()
        ? new LiveView(console)
        : new LineView(console.Profile.Out.Writer, logEverySteps);
}
