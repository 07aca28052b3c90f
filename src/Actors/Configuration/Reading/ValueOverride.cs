using System.Text.Json;
using System.Text.Json.Nodes;

namespace Starling.Actors.Configuration.Reading;

/// <summary>One argument <c>--set key=value</c> of the command line.</summary>
/// <param name="Path">The key's full path, parts separated by dots.</param>
/// <param name="Text">The value: a JSON literal or a bare text.</param>
internal sealed record ValueOverride(string Path, string Text)
{
    /// <summary>Splits <c>a.b=value</c>. Returns null if there is no key or no <c>=</c>.</summary>
    public static ValueOverride? Parse(string argument) => argument.Split('=', 2) switch
    {
        [{ Length: > 0 } path, var text] => new ValueOverride(path.Trim(), text.Trim()),
        _ => null,
    };

    /// <summary>Puts the value into a tree, and makes the sections that are missing on the way.</summary>
    /// <param name="root">The configuration file's tree.</param>
    /// <param name="rootType">
    /// The record of the tree. Its types tell a text from a number, and a list from a value.
    /// </param>
    public void Apply(JsonObject root, Type rootType)
    {
        string[] parts = Path.Split('.');
        JsonObject section = root;
        Type? type = rootType;
        foreach (string part in parts[..^1])
        {
            if (section[part] is not JsonObject inner) section[part] = inner = [];
            section = inner;
            type = KeyType(type, part);
        }
        section[parts[^1]] = Value(KeyType(type, parts[^1]));
    }

    private JsonNode? Value(Type? type)
    {
        bool isText = type == typeof(string) || type is { IsEnum: true };
        bool isList = type is not null && !isText && type.IsAssignableTo(typeof(System.Collections.IEnumerable));
        if (isText && !Text.StartsWith('"') && Text != "null") return JsonValue.Create(Text);
        if (isList && !Text.StartsWith('['))
            return new JsonArray([.. Text.Split(',', StringSplitOptions.TrimEntries).Select(Literal)]);
        return Literal(Text);
    }

    private static JsonNode? Literal(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: OptionsJson.Document);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static Type? KeyType(Type? section, string key) =>
        section is null ? null : OptionsJson.Keys(section).FirstOrDefault(p => p.Name == key)?.PropertyType;
}
