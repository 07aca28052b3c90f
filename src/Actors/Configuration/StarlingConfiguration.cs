using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>Reads a run's configuration.</summary>
public static class StarlingConfiguration
{
    /// <summary>Reads a file and applies <c>--set</c> arguments.</summary>
    /// <param name="path">Relative to the working folder, or else to the program's.</param>
    /// <param name="overrides"><c>key=value</c> arguments.</param>
    /// <exception cref="ConfigurationException">Names every mistake, a line each.</exception>
    public static StarlingOptions Read(string path, IEnumerable<string> overrides)
    {
        string file = ConfigurationFiles.Find(path);
        return Parse(ConfigurationFiles.ReadText(file), path, overrides);
    }

    /// <summary>
    /// Reads a configuration from its text; mistakes are reported under the name <paramref name="file"/>.
    /// </summary>
    /// <exception cref="ConfigurationException">Names every mistake, a line each.</exception>
    public static StarlingOptions Parse(string json, string file, IEnumerable<string> overrides) =>
        OptionsReader<StarlingOptions>.Parse(json, file, overrides, StarlingRules.All);
}
