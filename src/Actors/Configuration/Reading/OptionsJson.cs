using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// Converts options records to and from JSON: names in camel case, enumerations by name, without derived properties.
/// </summary>
public static class OptionsJson
{
    /// <summary>The serializer's settings.</summary>
    public static JsonSerializerOptions Serializer { get; } = Create(indented: true);

    /// <summary>The serializer's settings for JSON without white space.</summary>
    internal static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>
    /// The parser's settings for configuration files. Comments and trailing commas are allowed; repeated keys are not.
    /// </summary>
    internal static JsonDocumentOptions Document { get; } = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Returns the options as JSON with every default filled in, in the order of declaration.</summary>
    public static string Resolved<T>(T options) => JsonSerializer.Serialize(options, Serializer);

    /// <summary>Returns the options as a tree of JSON.</summary>
    internal static JsonObject Tree<T>(T options) =>
        JsonSerializer.SerializeToNode(options, Serializer)!.AsObject();

    /// <summary>Returns the keys of a section's record; no keys for a plain value.</summary>
    internal static IEnumerable<JsonPropertyInfo> Keys(Type type) =>
        Serializer.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info
            ? info.Properties.Where(p => p.Set is not null)
            : [];

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            Converters = { new JsonStringEnumConverter(new EnumNaming(), allowIntegerValues: false) },
            IgnoreReadOnlyProperties = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { InheritedFirst } },
            WriteIndented = indented,
        };
        options.MakeReadOnly();
        return options;
    }

    // Keys of a base record come first. By default they would come after the record's own.
    private static void InheritedFirst(JsonTypeInfo section)
    {
        foreach (JsonPropertyInfo key in section.Properties)
            if (key.DeclaringType != section.Type) key.Order = -1;
    }
}
