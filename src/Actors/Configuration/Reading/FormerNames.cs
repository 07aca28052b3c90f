using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Starling.Actors.Configuration.Reading;

/// <summary>Finds keys under the names that they had in earlier versions (<see cref="FormerNameAttribute"/>).</summary>
internal static class FormerNames
{
    /// <summary>The present path of a key that may be written with former names.</summary>
    /// <param name="path">Parts separated by dots.</param>
    /// <param name="root">The record that the path begins in.</param>
    public static string Current(string path, Type root)
    {
        string[] parts = path.Split('.');
        Type? section = root;
        for (int i = 0; i < parts.Length && section is not null; i++)
        {
            JsonPropertyInfo? key = OptionsJson.Keys(section)
                .FirstOrDefault(k => k.Name == parts[i] || Of(k) == parts[i]);
            if (key is not null) parts[i] = key.Name;
            section = key?.PropertyType;
        }
        return string.Join('.', parts);
    }

    /// <summary>
    /// Gives the keys of a section and of the sections in it their present names. A key that stands there under both
    /// names keeps both, so that the former one is refused as unknown.
    /// </summary>
    public static void Replace(JsonObject section, Type type)
    {
        foreach (JsonPropertyInfo key in OptionsJson.Keys(type))
        {
            if (Of(key) is { } former && !section.ContainsKey(key.Name) &&
                section.TryGetPropertyValue(former, out JsonNode? value))
            {
                section.Remove(former);
                section[key.Name] = value;
            }
            if (section[key.Name] is JsonObject inner) Replace(inner, key.PropertyType);
        }
    }

    private static string? Of(JsonPropertyInfo key) => key.AttributeProvider?
        .GetCustomAttributes(typeof(FormerNameAttribute), inherit: true)
        .OfType<FormerNameAttribute>().FirstOrDefault()?.Name;
}
