using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Import;

/// <summary>
/// Reads released models: LlamaGen's PyTorch files, or safetensors under the same names. Nothing in a file is executed.
/// </summary>
public static class ModelImport
{
    /// <summary>Derived values that some files hold beside the weights; they are computed anew here.</summary>
    private static readonly string[] GptBuffers = ["freqs_cis", "causal_mask"], GptCaches = [".k_cache", ".v_cache"];

    /// <summary>Reads a class-conditional transformer, its form inferred from the tensors.</summary>
    /// <param name="path">A .pt, .pth or .safetensors file; the format is told by its content.</param>
    /// <param name="options">What the file does not tell.</param>
    /// <exception cref="StarlingException">
    /// Unreadable, damaged or hostile file, not such a model, or (all of them listed) missing, unexpected and misshapen
    /// names.
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

    /// <summary>Reads a VQ tokenizer, its form from the file's metadata or else inferred from the tensors.</summary>
    /// <param name="path">A .pt, .pth or .safetensors file; the format is told by its content.</param>
    /// <param name="container">The key of a PyTorch file to look under (LlamaGen: <c>ema</c> if there is one).</param>
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
