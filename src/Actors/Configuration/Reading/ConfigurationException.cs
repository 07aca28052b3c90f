using Starling.Data;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// A configuration that cannot be used. The exception has all mistakes, not only the first, with a line for each.
/// </summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems)
    : StarlingException(string.Join(Environment.NewLine, problems))
{
    /// <summary>The mistakes. Each line names the file, the key, the value and what is allowed.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
