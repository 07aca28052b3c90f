namespace Starling.Data.Tests.Support;

/// <summary>Where the golden files are: the folder in STARLING_GOLDEN, or the tests' own copy.</summary>
internal static class Golden
{
    public static string Path(string name) => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("STARLING_GOLDEN") is { Length: > 0 } folder
            ? folder : System.IO.Path.Combine(AppContext.BaseDirectory, "golden"), name);
}
