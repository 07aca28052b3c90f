using System.Globalization;
using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Import;

/// <summary>
/// Writes weights as safetensors under LlamaGen's names and without buffers, so that LlamaGen's own code loads them
/// (<c>model.load_state_dict(safetensors.torch.load_file(path))</c>). Reading a float32 file back gives the same bits.
/// </summary>
public static class ModelExport
{
    /// <summary>
    /// Writes a transformer. Settings that do not follow from the tensors go into the metadata, for
    /// <see cref="ModelImport"/>.
    /// </summary>
    /// <param name="path">The file to make; it appears complete or not at all.</param>
    /// <param name="shape">The form.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="type">Element type: float32, or bfloat16 and float16, which round.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static void Gpt(string path, GptShape shape, ParameterStore weights, ScalarType type = ScalarType.Float32) =>
        Write(path, weights, type, new Dictionary<string, string>
        {
            [GptShapeInference.HeadsKey] = shape.Heads.ToString(CultureInfo.InvariantCulture),
            [GptShapeInference.TokensKey] = shape.Tokens.ToString(CultureInfo.InvariantCulture),
            [GptShapeInference.MultipleKey] = shape.FfnMultiple.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>Writes a VQ tokenizer; its shape goes into the metadata.</summary>
    /// <param name="path">The file to make; it appears complete or not at all.</param>
    /// <param name="shape">The form.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="type">Element type: float32, or bfloat16 and float16, which round.</param>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public static void Vq(string path, VqShape shape, ParameterStore weights, ScalarType type = ScalarType.Float32) =>
        Write(path, weights, type, VqMetadata.Of(shape));

    private static void Write(string path, ParameterStore weights, ScalarType type, Dictionary<string, string> metadata)
    {
        metadata["format"] = "pt"; // what the Python library's loaders look for
        try
        {
            IEnumerable<string> names = weights.Layout.Parameters.Select(p => p.Name);
            ReplacedFile.Write(path, temporary => SafetensorsFile.Write(
                temporary, names.Select(name => Convert(weights, name, type)), metadata));
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static HostTensor Convert(ParameterStore weights, string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        return HostTensor.From(name, weights[name].detach().to(type));
    }
}
