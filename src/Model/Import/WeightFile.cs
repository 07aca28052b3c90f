using Starling.Data;
using Starling.Model.Import.Pickling;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Import;

/// <summary>
/// A state dictionary that was read from a foreign file: safetensors, or a PyTorch archive in any of the forms that
/// training scripts write (under <c>model</c> from DDP, <c>module</c> from DeepSpeed, <c>state_dict</c> or <c>ema</c>,
/// or the plain dictionary).
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Tensors">The weights by their names in the state dictionary, without the prefixes of wrappers.</param>
/// <param name="Settings">
/// Numbers and texts that the file contains: the metadata of safetensors, or the <c>args</c> that LlamaGen's scripts
/// save.
/// </param>
/// <param name="Source">Where the weights were in the file, and what else it contains.</param>
public sealed record WeightFile(
    string Path,
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyDictionary<string, string> Settings,
    ImportSource Source)
{
    /// <summary>
    /// The keys under which weights are looked for, in this order: <c>ema</c> only if there is no other.
    /// </summary>
    public static readonly IReadOnlyList<string> Containers = ["model", "module", "state_dict", "ema"];

    /// <summary>The prefixes that torch.nn.parallel and torch.compile put before every name.</summary>
    private static readonly string[] Prefixes = ["module.", "_orig_mod."];

    /// <summary>Reads a file's weights into CPU tensors of the caller's dispose scope.</summary>
    /// <param name="path">The file; its format is told by its content.</param>
    /// <param name="container">
    /// The key under which the weights are; by default the first one of <see cref="Containers"/> that the file has.
    /// </param>
    /// <exception cref="StarlingException">
    /// The file cannot be read, is damaged or hostile, or has no weights (under that key).
    /// </exception>
    public static WeightFile Read(string path, string? container = null)
    {
        if (ImportFile.IsZip(path)) return ReadArchive(path, container);
        if (container is not null)
            throw new StarlingException($"{path} is a safetensors file, which has no container '{container}'");
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        return new WeightFile(
            path, RemovePrefixes(SafetensorsFile.Read(path), path), header.Metadata, new ImportSource());
    }

    private static WeightFile ReadArchive(string path, string? container)
    {
        using PyTorchArchive archive = PyTorchArchive.Open(path);
        if (archive.Content.Value is not PickleDictionary root)
            throw new StarlingException($"{path} holds no dictionary of weights");
        Dictionary<string, Dictionary<string, TensorReference>> present = root.Items
            .Where(i => i.Value is PickleDictionary).ToDictionary(i => i.Key, i => Weights((PickleDictionary)i.Value!));
        string found = container ?? Containers.FirstOrDefault(c => present.GetValueOrDefault(c)?.Count > 0) ?? "";
        Dictionary<string, TensorReference> weights =
            found.Length == 0 ? Weights(root) : present.GetValueOrDefault(found) ?? [];
        if (weights.Count == 0)
            throw new StarlingException($"{path} holds no weights {(found.Length > 0 ? $"under '{found}', " : "")}" +
                $"only the keys: {ForeignText.List([.. root.Items.Select(i => i.Key)])}");
        IEnumerable<string> others = root.Items.Where(i => found.Length == 0
            ? i.Value is not TensorReference
            : i.Key != found).Select(i => ForeignText.Clean(i.Key));
        ImportSource source = new()
        {
            Container = ForeignText.Clean(found),
            Others = [.. others],
            Placeholders = archive.Content.Placeholders,
        };
        return new WeightFile(path, archive.Read(RemovePrefixes(weights, path)), Arguments(root.Find("args")), source);
    }

    private static Dictionary<string, TensorReference> Weights(PickleDictionary dictionary) => dictionary.Items
        .Where(i => i.Value is TensorReference).ToDictionary(i => i.Key, i => (TensorReference)i.Value!);

    private static Dictionary<string, T> RemovePrefixes<T>(Dictionary<string, T> weights, string path)
    {
        bool HasPrefix(string prefix) => weights.Keys.All(k => k.StartsWith(prefix, StringComparison.Ordinal));
        while (weights.Count > 0 && Prefixes.FirstOrDefault(HasPrefix) is { } prefix)
            weights = weights.ToDictionary(w => w.Key[prefix.Length..], w => w.Value);
        if (weights.ContainsKey("")) throw new StarlingException($"{path} holds a tensor without a name");
        return weights;
    }

    private static Dictionary<string, string> Arguments(object? value)
    {
        PickleDictionary? arguments = value as PickleDictionary ?? (value as PickleObject)?.Attributes;
        Dictionary<string, string> settings = [];
        foreach ((string key, object? item) in arguments?.Items ?? [])
            if (item is string or long or double or bool)
                settings[key] = Convert.ToString(item, System.Globalization.CultureInfo.InvariantCulture)!;
        return settings;
    }
}
