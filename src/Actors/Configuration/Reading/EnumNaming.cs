using System.Text.Json;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// Names enumeration values in camel case. Capitals at the beginning count as one word: <c>BFloat16</c> is
/// <c>bfloat16</c>.
/// </summary>
internal sealed class EnumNaming : JsonNamingPolicy
{
    /// <inheritdoc/>
    public override string ConvertName(string name)
    {
        int capitals = name.TakeWhile(char.IsUpper).Count();
        return name[..capitals].ToLowerInvariant() + name[capitals..];
    }
}
