using System.Text.Json;
using System.Text.Json.Nodes;

namespace Starling.Data.Shards;

/// <summary>
/// Reads and writes class names in the metadata of a file, as Hugging Face's <c>datasets</c> does: under the key
/// <c>huggingface</c>.
/// </summary>
internal static class ClassLabels
{
    public const string MetadataKey = "huggingface";

    /// <summary>Returns the names in label order, or null if the file has none.</summary>
    /// <exception cref="StarlingException">The key is there, but its value is not such JSON.</exception>
    public static IReadOnlyList<string>? Parse(IReadOnlyDictionary<string, string> metadata, string file)
    {
        if (!metadata.TryGetValue(MetadataKey, out string? json)) return null;
        try
        {
            JsonNode? names = JsonNode.Parse(json)?["info"]?["features"]?["label"]?["names"];
            return names is JsonArray list ? [.. list.Select(name => name!.GetValue<string>())] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new StarlingException($"{file}: its metadata key '{MetadataKey}' does not parse ({e.Message})", e);
        }
    }

    /// <summary>Writes names as the value of the metadata's key.</summary>
    public static string Format(IReadOnlyList<string> names)
    {
        JsonArray list = [.. names.Select(name => (JsonNode)name)];
        JsonObject label = new() { ["names"] = list, ["_type"] = "ClassLabel" };
        JsonObject features = new() { ["image"] = new JsonObject { ["_type"] = "Image" }, ["label"] = label };
        return new JsonObject { ["info"] = new JsonObject { ["features"] = features } }.ToJsonString();
    }
}
