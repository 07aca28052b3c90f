using System.Text.Json;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Checks that a checkpoint belongs to the run that is about to continue from it. The weights of another model do not
/// fit. With another data set, seed or recipe, the result would depend on the step at which the run was resumed.
/// </summary>
public static class CompatibilityCheck
{
    /// <summary>
    /// Gives what differs: the keys of the given configuration sections (<c>model</c>, <c>data.files</c>, <c>seed</c>;
    /// of the whole configuration if none is given), and the hash of the model and the fingerprints of data and
    /// tokenizer.
    /// </summary>
    public static IReadOnlyList<Difference> Compare(CheckpointManifest stored, RunDescription current,
        params IReadOnlyList<string> sections)
    {
        List<Difference> differences = [];
        foreach (string section in sections.Count == 0 ? [""] : sections)
        {
            CompareKeys(
                section, Find(stored.Configuration, section), Find(current.Configuration, section), differences);
        }
        Compare("model hash", stored.ModelHash, [current.ModelHash, .. current.EarlierModelHashes]);
        Compare("data fingerprint", stored.DataFingerprint,
            [current.DataFingerprint, .. current.EarlierDataFingerprints], current.DataChange);
        Compare("tokenizer fingerprint", stored.TokenizerFingerprint,
            [current.TokenizerFingerprint, .. current.EarlierTokenizerFingerprints]);
        return differences;

        // The first of the accepted values is the one that this version of the program writes.
        void Compare(string name, string found, IReadOnlyList<string> accepted, Func<string, string?>? remark = null)
        {
            if (!accepted.Contains(found))
                differences.Add(new Difference(name, found, accepted[0]) { Remark = remark?.Invoke(found) });
        }
    }

    /// <summary>
    /// Refuses a checkpoint that differs. With <paramref name="goOn"/> it is accepted, and each difference is reported.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The checkpoint differs. The message names all differences with both values.
    /// </exception>
    public static void Require(LoadedCheckpoint checkpoint, RunDescription current, bool goOn, Action<string> report,
        params IReadOnlyList<string> sections)
    {
        IReadOnlyList<Difference> differences = Compare(checkpoint.Manifest, current, sections);
        if (differences.Count == 0) return;
        if (!goOn)
            throw new StarlingException($"checkpoint {checkpoint.Folder} belongs to another run: " +
                $"{string.Join("; ", differences)}; undo the change, " +
                "choose another --run folder, or go on all the same with --force", scope: FaultScope.Run);
        foreach (Difference difference in differences)
            report($"going on from checkpoint {checkpoint.Folder} although {difference}");
    }

    private static void CompareKeys(
        string path, JsonElement? stored, JsonElement? current, List<Difference> differences)
    {
        if (stored is { ValueKind: JsonValueKind.Object } a && current is { ValueKind: JsonValueKind.Object } b)
        {
            foreach (string key in a.EnumerateObject().Concat(b.EnumerateObject()).Select(p => p.Name).Distinct())
                CompareKeys(path.Length == 0 ? key : $"{path}.{key}", Child(a, key), Child(b, key), differences);
            return;
        }
        if (stored is null && current is null) return;
        if (stored is null || current is null || !JsonElement.DeepEquals(stored.Value, current.Value))
            differences.Add(new Difference(path, Text(stored), Text(current)));
    }

    private static JsonElement? Find(JsonElement root, string path) => path.Length == 0
        ? root
        : path.Split('.').Aggregate((JsonElement?)root, (at, key) => at is { } element ? Child(element, key) : null);

    private static JsonElement? Child(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement child) ? child : null;

    /// <summary>Writes a value on one line, whatever the layout of its file.</summary>
    private static string? Text(JsonElement? element) => element is { } value
        ? JsonSerializer.Serialize(value, OneLine.Default.JsonElement)
        : null;
}
