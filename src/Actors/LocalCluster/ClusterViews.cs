using Spectre.Console;
using Starling.Actors.Reporting;

namespace Starling.Actors.LocalCluster;

/// <summary>Chooses how a local cluster is shown.</summary>
internal static class ClusterViews
{
    /// <summary>Makes the live panel for a terminal, and a view of lines for any other output.</summary>
    /// <param name="console">The terminal. The lines go to its output as well.</param>
    /// <param name="everySteps">Steps between two lines.</param>
    public static IClusterView For(IAnsiConsole console, int everySteps) => console.CanRedraw()
        ? new ClusterPanel(console)
        : new ClusterLines(console.Profile.Out.Writer, everySteps);
}
