using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Import;

/// <summary>
/// Reads released models: LlamaGen's PyTorch files, or safetensors with the same names. Nothing in a file is executed.
/// </summary>
public static class ModelImport
{
    /// <summary>
    /// Derived values that some files contain beside the weights. They are not read, because they are computed anew.
    /// </summary>
    private static readonly string[] GptBuffers = ["freqs_cis", "causal_mask"], GptCaches = [".k_cache", ".v_cache"];

    /// <summary>Reads a class-conditional transformer, whose shape is inferred from the tensors.</summary>
    /// <param name="path">A .pt, .pth or .safetensors file; the format is told by its content.</param>
    /// <param name="options">Settings that the file may not contain.</param>
    /// <exception cref="StarlingException">
    /// The file is unreadable, damaged, hostile or no such model, or names are missing, unexpected or misshapen, which
    /// the message lists.
    /// </exception>
    public static ImportedGpt Gpt(string path, ImportOptions? options = null)
    {
        options ??= new ImportOptions();
        using var scope = NewDisposeScope();
        WeightFile file = WeightFile.Read(path, options.Container);
        GptShape shape = GptShapeInference.Of(file, options, out List<string> assumptions);
        (ParameterStore weights, ImportSource source) = Load(file, shape.Layout, name => GptBuffers.Contains(name) ||
            Array.Exists(GptCaches, c => name.EndsWith(c, StringComparison.Ordinal)));
        return new ImportedGpt(shape, weights, source with { Assumptions = assumptions });
    }

    /// <summary>
    /// Reads a VQ tokenizer, whose shape comes from the file's metadata, or else is inferred from the tensors.
    /// </summary>
    /// <param name="path">A .pt, .pth or .safetensors file; the format is told by its content.</param>
    /// <param name="container">
    /// The key of a PyTorch file under which the weights are (LlamaGen has <c>ema</c> in some files).
    /// </param>
    /// <exception cref="StarlingException">As for <see cref="Gpt"/>.</exception>
    public static ImportedVq Vq(string path, string? container = null)
    {
        using var scope = NewDisposeScope();
        WeightFile file = WeightFile.Read(path, container);
        VqShape shape = VqMetadata.Read(file.Settings, file.Tensors.ToDictionary(t => t.Key, t => t.Value.shape), path);
        (ParameterStore weights, ImportSource source) =
            Load(file, shape.Layout(), name => name == VqNames.CodebookUsed.Name);
        return new ImportedVq(shape, weights, source);
    }

    private static (ParameterStore Weights, ImportSource Source) Load(
        WeightFile file, ParameterLayout layout, Func<string, bool> isBuffer)
    {
        ILookup<bool, string> names = file.Tensors.Keys.ToLookup(isBuffer);
        Dictionary<string, Tensor> weights = names[false].ToDictionary(name => name, name => file.Tensors[name]);
        ImportSource source = file.Source with { Buffers = [.. names[true].Select(ForeignText.Clean)] };
        return (ParameterStore.Frozen(layout, CPU, weights, file.Path), source);
    }
}
