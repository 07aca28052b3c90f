using System.Globalization;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>Holds what a configuration expects of a file against the file.</summary>
internal static class Expectation
{
    /// <summary>Does nothing if nothing is expected.</summary>
    /// <param name="key">The configuration's key.</param>
    /// <param name="expected">Its value.</param>
    /// <param name="found">What the file says.</param>
    /// <param name="source">The file, as the configuration names it.</param>
    /// <exception cref="StarlingException">They differ; names both.</exception>
    public static void Check(string key, long? expected, long found, string source)
    {
        if (expected is { } value && value != found)
            throw new StarlingException(string.Create(CultureInfo.InvariantCulture,
                $"{key} = {value}: {source} has {found}; name the right file, or set {key} to null"));
    }
}
