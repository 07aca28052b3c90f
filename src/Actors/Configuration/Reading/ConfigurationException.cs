using Starling.Data;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// A configuration that cannot be used. Holds every mistake found, one line each, not only the first.
/// </summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems)
    : StarlingException(string.Join(Environment.NewLine, problems))
{
    /// <summary>The mistakes: file, key, value and what is allowed.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
