using Starling.Data;

namespace Starling.Actors.Configuration;

/// <summary>Finds configuration files.</summary>
public static class ConfigurationFiles
{
    /// <summary>The file a run without <c>--config</c> uses.</summary>
    public const string Default = "configs/quickstart.json";

    /// <summary>
    /// The path as given if such a file exists in the working folder, else the one shipped with the program.
    /// </summary>
    /// <exception cref="StarlingException">Neither exists.</exception>
    public static string Find(string path)
    {
        string shipped = Path.Combine(AppContext.BaseDirectory, path);
        if (File.Exists(path)) return path;
        if (File.Exists(shipped)) return shipped;
        throw new StarlingException($"{path}: no such configuration file, here or in {AppContext.BaseDirectory}");
    }

    /// <summary>The text of <see cref="Find"/>'s file.</summary>
    /// <exception cref="StarlingException">It cannot be read.</exception>
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
