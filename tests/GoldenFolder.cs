namespace Starling.Tests;

/// <summary>
/// Where the golden tests find their reference files: in the folder that STARLING_GOLDEN names, or in the tests' own
/// copy, which also holds a second set of other sizes.
/// </summary>
public static class GoldenFolder
{
    private const string Variable = "STARLING_GOLDEN";

    /// <summary>The tests' own copy.</summary>
    public static string Own => Path.Combine(AppContext.BaseDirectory, "golden");

    /// <summary>The sets of files to run on, as folders for <see cref="PathOf(string)"/>.</summary>
    public static TheoryData<string> Sets => SetsOf(Chosen);

    private static string? Chosen => Environment.GetEnvironmentVariable(Variable);

    /// <summary>A file of the chosen folder. It may be missing: then whoever reads it fails.</summary>
    public static string PathOf(string file) => PathOf(Chosen, file);

    internal static TheoryData<string> SetsOf(string? chosen) =>
        string.IsNullOrEmpty(chosen) ? [".", "variant"] : ["."];

    internal static string PathOf(string? chosen, string file)
    {
        if (string.IsNullOrEmpty(chosen)) return Path.Combine(Own, file);
        if (!Directory.Exists(chosen))
            throw new DirectoryNotFoundException($"{Variable} names '{Path.GetFullPath(chosen)}', which is no folder");
        // Forms of container files rather than numbers of a reference: who brings other numbers need not bring these.
        bool ownContainers = file.StartsWith("pt/", StringComparison.Ordinal)
            && !Directory.Exists(Path.Combine(chosen, "pt"));
        return Path.Combine(ownContainers ? Own : chosen, file);
    }
}
