using System.Text.Json;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Whether a checkpoint belongs to the run that is about to go on from it: another model does not fit, and another data
/// set, seed or recipe would make the result depend on where it was resumed.
/// </summary>
public static class CompatibilityCheck
{
    /// <summary>
    /// What differs: the keys of the given configuration sections (<c>model</c>, <c>data.files</c>, <c>seed</c>; the
    /// whole configuration when none is given), then model hash, data fingerprint and tokenizer fingerprint.
    /// </summary>
    public static IReadOnlyList<Difference> Compare(CheckpointManifest stored, RunDescription current,
        params IReadOnlyList<string> sections)
    {
        List<Difference> differences = [];
        foreach (string section in sections.Count == 0 ? [""] : sections)
            Compare(section, Find(stored.Configuration, section), Find(current.Configuration, section), differences);
        if (!current.EarlierModelHashes.Contains(stored.ModelHash))
            Compare("model hash", stored.ModelHash, current.ModelHash, differences);
        Compare("data fingerprint", stored.DataFingerprint, current.DataFingerprint, differences);
        Compare("tokenizer fingerprint", stored.TokenizerFingerprint, current.TokenizerFingerprint, differences);
        return differences;
    }

    /// <summary>Refuses a checkpoint that differs, unless told to go on: then each difference is reported.</summary>
    /// <exception cref="StarlingException">Something differs; names everything that does, with both values.</exception>
    public static void Require(LoadedCheckpoint checkpoint, RunDescription current, bool goOn, Action<string> report,
        params IReadOnlyList<string> sections)
    {
        IReadOnlyList<Difference> differences = Compare(checkpoint.Manifest, current, sections);
        if (differences.Count == 0) return;
        if (!goOn)
            throw new StarlingException($"checkpoint {checkpoint.Folder} belongs to another run: " +
                $"{string.Join("; ", differences)}; undo the change, " +
                "choose another --run folder, or go on all the same with --force");
        foreach (Difference difference in differences)
            report($"going on from checkpoint {checkpoint.Folder} although {difference}");
    }

    private static void Compare(string path, JsonElement? stored, JsonElement? current, List<Difference> differences)
    {
        if (stored is { ValueKind: JsonValueKind.Object } a && current is { ValueKind: JsonValueKind.Object } b)
        {
            foreach (string key in a.EnumerateObject().Concat(b.EnumerateObject()).Select(p => p.Name).Distinct())
                Compare(path.Length == 0 ? key : $"{path}.{key}", Child(a, key), Child(b, key), differences);
            return;
        }
        if (stored is null && current is null) return;
        if (stored is null || current is null || !JsonElement.DeepEquals(stored.Value, current.Value))
            differences.Add(new Difference(path, Text(stored), Text(current)));
    }

    private static void Compare(string name, string stored, string current, List<Difference> differences)
    {
        if (stored != current) differences.Add(new Difference(name, stored, current));
    }

    private static JsonElement? Find(JsonElement root, string path) => path.Length == 0
        ? root
        : path.Split('.').Aggregate((JsonElement?)root, (at, key) => at is { } element ? Child(element, key) : null);

    private static JsonElement? Child(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement child) ? child : null;

    /// <summary>On one line, however the file was laid out.</summary>
    private static string? Text(JsonElement? element) => element is { } value
        ? JsonSerializer.Serialize(value, OneLine.Default.JsonElement)
        : null;
}
