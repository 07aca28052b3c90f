using Starling.Data;
using Starling.Model.Import;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Import;

public sealed class VqImportTests : IDisposable
{
    private static readonly VqShape Tiny = new()
    {
        Ch = 32,
        ChMult = [1, 2],
        ResBlocks = 1,
        ZChannels = 8,
        CodebookSize = 12,
        CodebookDim = 4,
    };

    private readonly TempFolder _folder = new();

    private string Exported => _folder["vq.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Export_and_import_give_the_same_shape_and_bits()
    {
        using ParameterStore weights = Weights();
        ModelExport.Vq(Exported, Tiny, weights);
        using ImportedVq read = ModelImport.Vq(Exported);
        Assert.Equal(Tiny, read.Shape);
        Assert.Equal(weights.Values.bytes, read.Weights.Values.bytes);
    }

    [Fact]
    public void A_state_dictionary_without_metadata_and_with_the_usage_buffer_is_read()
    {
        using var scope = NewDisposeScope();
        using ParameterStore weights = Weights();
        SafetensorsFile.Write(Exported, [.. weights.ToHost(), HostTensor.From(VqNames.CodebookUsed.Name, ones(65536))]);
        using ImportedVq read = ModelImport.Vq(Exported);
        Assert.Equal(Tiny, read.Shape);
        Assert.Equal(weights.Values.bytes, read.Weights.Values.bytes);
    }

    [Fact]
    public void Another_kind_of_model_is_named_as_such()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(Exported, [HostTensor.From("norm.weight", ones(2))]);
        Assert.Contains("no tokenizer", Assert.Throws<StarlingException>(() => ModelImport.Vq(Exported)).Message);
    }

    private static ParameterStore Weights()
    {
        ParameterLayout layout = Tiny.Layout();
        ParameterStore weights = new(layout, CPU, trainable: false);
        foreach (ParameterShape parameter in layout.Parameters) weights.InitializeNormal(parameter.Name, 1, seed: 1);
        return weights;
    }
}
