namespace Starling.Actors.Configuration.Reading;

/// <summary>A condition on several keys at once.</summary>
/// <typeparam name="T">The options record.</typeparam>
/// <param name="Keys">
/// Full paths of the keys that the condition reads. A mistake is reported under the first of them. The condition is not
/// checked if the value of one of them is wrong by itself.
/// </param>
/// <param name="Check">Returns the mistake ("must be …"), or null if there is none.</param>
internal sealed record CrossFieldRule<T>(IReadOnlyList<string> Keys, Func<T, string?> Check);
