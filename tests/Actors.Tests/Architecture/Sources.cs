using System.Text.RegularExpressions;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Architecture;

/// <summary>The repository's files, for tests that read sources.</summary>
internal static partial class Sources
{
    /// <summary>The source files below a folder of the repository, without what the build makes.</summary>
    public static IEnumerable<string> Of(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Built().IsMatch(file))
            .Order(StringComparer.Ordinal);

    /// <summary>The namespace that a source file declares; null if none.</summary>
    public static string? NamespaceOf(string text) =>
        Declared().Match(text) is { Success: true } found ? found.Groups[1].Value : null;

    [GeneratedRegex(@"[/\\](obj|bin)[/\\]")]
    private static partial Regex Built();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declared();
}
