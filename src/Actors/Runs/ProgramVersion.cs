using System.Reflection;

namespace Starling.Actors.Runs;

/// <summary>The version this program was built as.</summary>
public static class ProgramVersion
{
    /// <summary>For instance <c>0.1.0</c>, with <c>+commit</c> where the build knew it.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
