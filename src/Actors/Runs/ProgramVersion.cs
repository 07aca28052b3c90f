using System.Reflection;

namespace Starling.Actors.Runs;

/// <summary>The version of this program.</summary>
public static class ProgramVersion
{
    /// <summary>
    /// The version, such as <c>0.1.0</c>. If the commit was known when the program was built, the version ends with
    /// <c>+commit</c>.
    /// </summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
