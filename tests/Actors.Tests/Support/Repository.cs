namespace Starling.Actors.Tests.Support;

/// <summary>The repository, for tests that compare documents, sources or golden files with the program.</summary>
internal static class Repository
{
    /// <summary>The root folder.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Cluster.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
