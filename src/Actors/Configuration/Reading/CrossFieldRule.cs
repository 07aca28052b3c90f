namespace Starling.Actors.Configuration.Reading;

/// <summary>A condition on several keys at once.</summary>
/// <typeparam name="T">The options record.</typeparam>
/// <param name="Keys">
/// Full paths of the keys it looks at; the first is the one reported. It is not asked while one of them is wrong by
/// itself.
/// </param>
/// <param name="Check">What is wrong ("must be …"), or null.</param>
internal sealed record CrossFieldRule<T>(IReadOnlyList<string> Keys, Func<T, string?> Check);
