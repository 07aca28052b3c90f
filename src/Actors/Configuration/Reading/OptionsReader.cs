using System.Text.Json;
using System.Text.Json.Nodes;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// Turns a JSON file and <c>--set</c> arguments into an options record, or into the list of all mistakes in them.
/// </summary>
/// <typeparam name="T">The options record: nested records with defaults and annotations.</typeparam>
internal sealed class OptionsReader<T> where T : class, new()
{
    private readonly string _file;
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _overridden = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wrong = new(StringComparer.Ordinal);

    private OptionsReader(string file) => _file = file;

    /// <summary>Reads the file's text, applies the overrides and checks the result.</summary>
    /// <param name="json">The text: JSON, with comments and trailing commas allowed.</param>
    /// <param name="file">The name that mistakes are reported under.</param>
    /// <param name="overrides"><c>key=value</c> arguments; later ones win.</param>
    /// <param name="rules">Conditions on several keys at once.</param>
    /// <exception cref="ConfigurationException">There are mistakes; the exception names all of them.</exception>
    public static T Parse(
        string json, string file, IEnumerable<string> overrides, IEnumerable<CrossFieldRule<T>> rules) =>
        new OptionsReader<T>(file).Read(json, overrides, rules);

    private T Read(string json, IEnumerable<string> overrides, IEnumerable<CrossFieldRule<T>> rules)
    {
        JsonObject root = ParseText(json);
        foreach ((string present, string former) in FormerNames.Replace(root, typeof(T)))
            _problems.Add($"{_file}: {present}: is there twice, also under its former name {former}; keep one of them");
        foreach (string argument in overrides) Override(root, argument);
        CheckSection(root, typeof(T), prefix: "");

        // CheckSection took wrong values out of the tree. The rest can be bound, so that the rules are checked as well.
        T options = root.Deserialize<T>(OptionsJson.Serializer)!;
        CheckRules(options, rules);
        return _problems.Count == 0 ? options : throw new ConfigurationException(_problems);
    }

    private JsonObject ParseText(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: OptionsJson.Document) as JsonObject
                ?? throw new ConfigurationException([$"{_file}: must be one JSON object in braces"]);
        }
        catch (JsonException e)
        {
            string where = e.LineNumber is { } line ? $", line {line + 1}" : "";
            throw new ConfigurationException([$"{_file}{where}: not valid JSON: {FirstSentence(e.Message)}"]);
        }
    }

    private void Override(JsonObject root, string argument)
    {
        if (ValueOverride.Parse(argument) is not { } value)
        {
            _problems.Add($"--set {argument}: must be key=value, for instance training.steps=100");
            return;
        }
        value = value with { Path = FormerNames.Current(value.Path, typeof(T)) };
        _overridden.Add(value.Path);
        value.Apply(root, typeof(T));
    }

    private void CheckSection(JsonObject section, Type type, string prefix)
    {
        var keys = OptionsJson.Keys(type).ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach ((string name, JsonNode? node) in section.ToArray())
        {
            string path = prefix + name;
            if (!keys.TryGetValue(name, out var key))
            {
                Refuse(path, $"{Source(path)}: {path}: unknown key; {Suggestion(path, prefix, keys.Keys)}");
            }
            else if (OptionsJson.Keys(key.PropertyType).Any())
            {
                if (node is JsonObject inner) CheckSection(inner, key.PropertyType, path + ".");
                else Refuse(path, Message(path, node, "must be a section in braces"));
            }
            else if (ValueCheck.Problem(node, key) is { } problem)
            {
                Refuse(path, Message(path, node, problem));
            }
            if (_wrong.Contains(path)) section.Remove(name);
        }
    }

    private void CheckRules(T options, IEnumerable<CrossFieldRule<T>> rules)
    {
        JsonObject tree = OptionsJson.Tree(options);
        foreach (var rule in rules)
        {
            if (rule.Keys.Any(IsWrong) || rule.Check(options) is not { } problem) continue;
            // The message blames the command line if it set any of the keys, because the file alone may have been
            // right.
            string source = rule.Keys.Any(_overridden.Contains) ? "--set" : _file;
            _problems.Add($"{source}: {rule.Keys[0]} = {Show(Find(tree, rule.Keys[0]))}: {problem}");
        }
    }

    private bool IsWrong(string path) =>
        _wrong.Any(w => path == w || path.StartsWith(w + ".", StringComparison.Ordinal));

    private void Refuse(string path, string message)
    {
        _wrong.Add(path);
        _problems.Add(message);
    }

    private string Message(string path, JsonNode? node, string problem) =>
        $"{Source(path)}: {path} = {Show(node)}: {problem}";

    private string Source(string path) =>
        _overridden.Any(o => o == path || o.StartsWith(path + ".", StringComparison.Ordinal)) ? "--set" : _file;

    private static string Suggestion(string path, string prefix, IEnumerable<string> siblings) =>
        NearestName.Of(path, AllPaths(typeof(T), "")) is { } nearest
            ? $"did you mean {nearest}?"
            : $"allowed here: {string.Join(", ", siblings.Select(s => prefix + s))}";

    private static IEnumerable<string> AllPaths(Type type, string prefix) =>
        OptionsJson.Keys(type).SelectMany(p => AllPaths(p.PropertyType, $"{prefix}{p.Name}.").Prepend(prefix + p.Name));

    private static JsonNode? Find(JsonObject root, string path) =>
        path.Split('.').Aggregate((JsonNode?)root, (node, part) => node?[part]);

    private static string Show(JsonNode? node)
    {
        string text = node?.ToJsonString(OptionsJson.Compact) ?? "null";
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    private static string FirstSentence(string message) => message.Split(" LineNumber:")[0].Split(" Path:")[0];
}
