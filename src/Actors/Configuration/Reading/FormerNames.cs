using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Starling.Actors.Configuration.Reading;

/// <summary>Finds keys under the names that they had in earlier versions (<see cref="FormerNameAttribute"/>).</summary>
internal static class FormerNames
{
    /// <summary>Returns the present path of a key that may be written with former names.</summary>
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
    /// Gives the keys of a section and of the sections in it their present names. If a key stands there under both
    /// names, the value under the former one is removed and the key is reported.
    /// </summary>
    /// <param name="section">The section, which changes.</param>
    /// <param name="type">The section's record.</param>
    /// <param name="prefix">The section's path with a dot at the end; empty for the whole file.</param>
    /// <returns>The keys that stood there twice: their path under the present and under the former name.</returns>
    public static IReadOnlyList<(string Present, string Former)> Replace(
        JsonObject section, Type type, string prefix = "")
    {
        List<(string Present, string Former)> twice = [];
        foreach (JsonPropertyInfo key in OptionsJson.Keys(type))
        {
            if (Of(key) is { } former && section.TryGetPropertyValue(former, out JsonNode? value))
            {
                section.Remove(former);
                if (section.ContainsKey(key.Name)) twice.Add((prefix + key.Name, prefix + former));
                else section[key.Name] = value;
            }
            if (section[key.Name] is JsonObject inner)
                twice.AddRange(Replace(inner, key.PropertyType, $"{prefix}{key.Name}."));
        }
        return twice;
    }

    private static string? Of(JsonPropertyInfo key) => key.AttributeProvider?
        .GetCustomAttributes(typeof(FormerNameAttribute), inherit: true)
        .OfType<FormerNameAttribute>().FirstOrDefault()?.Name;
}
