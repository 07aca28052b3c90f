namespace Starling.Deploy.Tests;

/// <summary>The files of <c>deploy/prometheus</c>: configuration, rules, tests of rules.</summary>
internal static class PrometheusFiles
{
    /// <summary>Their paths below the folder.</summary>
    public static IReadOnlyList<string> Names => !Directory.Exists(Folder) ? [] :
        [.. Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f))];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "deploy", "prometheus");

    /// <summary>Reads a file by its path below the folder.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));
}
