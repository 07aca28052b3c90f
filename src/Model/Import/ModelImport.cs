using Starling.Data;
using Starling.Model.Parameters;
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
        GptShape shape = GptShapeInference.Of(file, options);
        return new ImportedGpt(shape, Load(file, shape.Layout, name => GptBuffers.Contains(name) ||
            Array.Exists(GptCaches, c => name.EndsWith(c, StringComparison.Ordinal))));
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
        return new ImportedVq(shape, Load(file, shape.Layout(), name => name == VqNames.CodebookUsed.Name));
    }

    private static ParameterStore Load(WeightFile file, ParameterLayout layout, Func<string, bool> isBuffer)
    {
        ParameterStore store = new(layout, CPU, trainable: false);
        try
        {
            store.Load(file.Tensors.Where(t => !isBuffer(t.Key)).ToDictionary(t => t.Key, t => t.Value), file.Path);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
