using Starling.Data;

namespace Starling.Actors.Configuration;

/// <summary>Finds and reads configuration files.</summary>
public static class ConfigurationFiles
{
    /// <summary>The file of a run without <c>--config</c>.</summary>
    public const string Default = "configs/quickstart.json";

    /// <summary>
    /// Returns the path as given if the working folder has such a file, or else the path in the program's folder.
    /// </summary>
    /// <exception cref="StarlingException">Neither file exists.</exception>
    public static string Find(string path)
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, path);
        if (File.Exists(path)) return path;
        if (File.Exists(shipped)) return shipped;
        throw new StarlingException($"{path}: no such configuration file, here or in {AppContext.BaseDirectory}");
    }

    /// <summary>Reads the text of a file that <see cref="Find"/> found.</summary>
    /// <exception cref="StarlingException">The file cannot be read.</exception>
    public static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{file}: cannot be read ({e.Message})", e);
        }
    }
}
