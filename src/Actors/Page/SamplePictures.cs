using System.Text.RegularExpressions;

namespace Starling.Actors.Page;

/// <summary>Reads the sample grids in a run's folder.</summary>
internal static partial class SamplePictures
{
    /// <summary>The most bytes of a grid that is served.</summary>
    public const int MostBytes = 16 << 20;

    /// <summary>Tells whether a name is one that an evaluation gives to a grid. No other file is served.</summary>
    public static bool IsName(string name) => Pattern().IsMatch(name);

    /// <summary>Reads a grid; null if there is none of this name, or if it is no plain file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static PageFile? Read(string runFolder, string name)
    {
        if (!IsName(name)) return null;
        FileInfo file = new(Path.Combine(runFolder, "samples", name));
        if (!file.Exists || file.LinkTarget is not null || file.Length > MostBytes) return null;
        return PageFile.Of("image/png", File.ReadAllBytes(file.FullName));
    }

    [GeneratedRegex(@"\A[0-9]{8,19}-[a-z]{1,32}\.png\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
