using System.Globalization;
using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Import;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Import;

public sealed class ModelImportTests : IDisposable
{
    private static readonly GptShape Tiny = new(Dim: 16, Layers: 2, Heads: 2, Vocabulary: 11, Tokens: 9, Classes: 3)
    {
        FfnMultiple = 32,
    };

    private readonly TempFolder _folder = new();

    private string Exported => _folder["gpt.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Golden")]
    public void The_shape_comes_from_the_tensors_and_the_arguments_that_were_saved()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> expected = SafetensorsFile.Read(Golden.PathOf("pt/gpt_expected.safetensors"));
        string path = Golden.PathOf("pt/gpt_ddp.pt");
        int grid = int.Parse(WeightFile.Read(path).Settings["image_size"], CultureInfo.InvariantCulture) / 16;
        using ImportedGpt gpt = ModelImport.Gpt(path, new ImportOptions { Heads = 1 });
        long[] table = expected["tok_embeddings.weight"].shape;
        Assert.Equal((table[0], table[1]), (gpt.Shape.Vocabulary, gpt.Shape.Dim));
        Assert.Equal(expected["layers.0.feed_forward.w1.weight"].shape[0], gpt.Shape.FfnHidden);
        Assert.Equal(grid * grid, gpt.Shape.Tokens);
        foreach ((string name, Tensor tensor) in expected)
            Assert.Equal(tensor.bytes, gpt.Weights[name].bytes);
    }

    [Fact]
    public void Export_and_import_give_the_same_shape_and_bits()
    {
        using ParameterStore weights = Weights();
        ModelExport.Gpt(Exported, Tiny, weights);
        using ImportedGpt read = ModelImport.Gpt(Exported);
        Assert.Equal(Tiny, read.Shape);
        Assert.Equal(weights.Values.bytes, read.Weights.Values.bytes);
        Assert.Equal(Tiny.Layout.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal),
            SafetensorsFile.ReadHeader(Exported).Entries.Select(e => e.Name));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Exported)!, "*" + ReplacedFile.TemporarySuffix));
    }

    [Fact]
    public void Export_in_bfloat16_rounds_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        using ParameterStore weights = Weights();
        ModelExport.Gpt(Exported, Tiny, weights, ScalarType.BFloat16);
        using ImportedGpt read = ModelImport.Gpt(Exported);
        Assert.Equal(weights.Values.to(ScalarType.BFloat16).to(ScalarType.Float32).bytes, read.Weights.Values.bytes);
    }

    [Fact]
    public void Derived_buffers_are_left_out()
    {
        using var scope = NewDisposeScope();
        Save(t => [.. t, HostTensor.From("freqs_cis", ones(3)),
            HostTensor.From("layers.0.attention.kv_cache.k_cache", ones(2))]);
        using ImportedGpt read = ModelImport.Gpt(Exported, Guidance);
        Assert.Equal(Tiny.Layers, read.Shape.Layers);
    }

    [Fact]
    public void Missing_unexpected_and_misshapen_names_are_all_listed()
    {
        using var scope = NewDisposeScope();
        Save(t => [.. t.Where(x => x.Name is not ("norm.weight" or "output.weight")),
            HostTensor.From("output.weight", ones(2, 2)), HostTensor.From("extra", ones(1))]);
        string message = Refusal(Guidance);
        Assert.Contains("missing 1 (norm.weight)", message);
        Assert.Contains("unexpected 1 (extra)", message);
        Assert.Contains("output.weight [2, 2] instead of [11, 16]", message);
    }

    [Fact]
    public void What_cannot_be_told_has_to_be_given()
    {
        Save(t => t);
        Assert.Contains("number of heads", Refusal(null));
        Assert.Contains("does not divide", Refusal(Guidance with { Heads = 3 }));
        Save(t => [.. t.Where(x => x.Name != "tok_embeddings.weight")]);
        Assert.Contains("there is no 'tok_embeddings.weight'", Refusal(Guidance));
    }

    [Fact]
    public void An_unwritable_place_is_named()
    {
        using ParameterStore weights = Weights();
        string path = _folder["missing/gpt.safetensors"];
        Assert.Contains(path, Assert.Throws<StarlingException>(() => ModelExport.Gpt(path, Tiny, weights)).Message);
    }

    private static ImportOptions Guidance => new() { Heads = Tiny.Heads, Tokens = Tiny.Tokens };

    private string Refusal(ImportOptions? options) =>
        Assert.Throws<StarlingException>(() => ModelImport.Gpt(Exported, options)).Message;

    private void Save(Func<IEnumerable<HostTensor>, IEnumerable<HostTensor>> change)
    {
        using ParameterStore weights = Weights();
        SafetensorsFile.Write(Exported, change(weights.ToHost()));
    }

    private static ParameterStore Weights()
    {
        ParameterStore weights = new(Tiny.Layout, CPU, trainable: false);
        foreach (ParameterShape p in Tiny.Layout.Parameters) weights.InitializeNormal(p.Name, 1, seed: 1);
        return weights;
    }
}
