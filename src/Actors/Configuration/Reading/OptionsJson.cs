using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Starling.Actors.Configuration.Reading;

/// <summary>How options records look as JSON: camel case, enums by name, derived properties left out.</summary>
public static class OptionsJson
{
    /// <summary>The serializer's settings.</summary>
    public static JsonSerializerOptions Serializer { get; } = Create(indented: true);

    /// <summary>The same without white space.</summary>
    internal static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>
    /// How configuration files are parsed: comments and trailing commas allowed, a repeated key is not.
    /// </summary>
    internal static JsonDocumentOptions Document { get; } = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The options with every default filled in, in the order of their declaration.</summary>
    public static string Resolved<T>(T options) => JsonSerializer.Serialize(options, Serializer);

    /// <summary>The options as a tree.</summary>
    internal static JsonObject Tree<T>(T options) =>
        JsonSerializer.SerializeToNode(options, Serializer)!.AsObject();

    /// <summary>The keys of a section's record, or nothing for a plain value.</summary>
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

    // By default the keys that sections have in common would come after their own.
    private static void InheritedFirst(JsonTypeInfo section)
    {
        foreach (JsonPropertyInfo key in section.Properties)
            if (key.DeclaringType != section.Type) key.Order = -1;
    }
}
