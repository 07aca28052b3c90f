using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>Reads a run's configuration.</summary>
public static class StarlingConfiguration
{
    /// <summary>Reads a file and applies <c>--set</c> arguments.</summary>
    /// <param name="path">The file, relative to the working folder or else to the program's folder.</param>
    /// <param name="overrides"><c>key=value</c> arguments.</param>
    /// <exception cref="ConfigurationException">There are mistakes; the message has a line for each.</exception>
    public static StarlingOptions Read(string path, IEnumerable<string> overrides)
    {
        string file = ConfigurationFiles.Find(path);
        return Parse(ConfigurationFiles.ReadText(file), path, overrides);
    }

    /// <summary>
    /// Reads a configuration from its text. Mistakes are reported under the name <paramref name="file"/>.
    /// </summary>
    /// <exception cref="ConfigurationException">There are mistakes; the message has a line for each.</exception>
    public static StarlingOptions Parse(string json, string file, IEnumerable<string> overrides) =>
        OptionsReader<StarlingOptions>.Parse(json, file, overrides, StarlingRules.All);
}
