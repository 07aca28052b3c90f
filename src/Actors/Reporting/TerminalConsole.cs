using Spectre.Console;

namespace Starling.Actors.Reporting;

/// <summary>What a console is able to show.</summary>
internal static class TerminalConsole
{
    /// <summary>
    /// Whether the output is a terminal that can move its cursor, so that a panel can be redrawn in place.
    /// </summary>
    public static bool CanRedraw(this IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
}
