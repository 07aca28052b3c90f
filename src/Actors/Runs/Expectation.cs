using System.Globalization;
using Starling.Data;

namespace Starling.Actors.Runs;

/// <summary>Compares a number that a configuration expects of a file with the one in the file.</summary>
internal static class Expectation
{
    /// <summary>Throws if a number is expected and another one is found.</summary>
    /// <param name="key">The configuration key.</param>
    /// <param name="expected">The value of the key; null if nothing is expected.</param>
    /// <param name="found">The number in the file.</param>
    /// <param name="source">The file, as the configuration names it.</param>
    /// <exception cref="StarlingException">The numbers differ. The message names both.</exception>
    public static void Check(string key, long? expected, long found, string source)
    {
        if (expected is { } value && value != found)
            throw new StarlingException(string.Create(CultureInfo.InvariantCulture,
                $"{key} = {value}: {source} has {found}; name the right file, or set {key} to null"));
    }
}
