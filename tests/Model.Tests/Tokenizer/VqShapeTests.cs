using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tokenizer;
using Starling.Tests;

namespace Starling.Model.Tests.Tokenizer;

public class VqShapeTests
{
    [Fact]
    public void Vq16_has_LlamaGens_parameters()
    {
        ParameterShape[] names = [.. VqNames.StateDictionary(VqShape.Vq16)];
        Assert.Equal(71_883_403, VqShape.Vq16.Layout().Count);
        Assert.Equal(29_298_176, Count(names, "encoder."));
        Assert.Equal(42_449_795, Count(names, "decoder."));
        Assert.Equal(16, VqShape.Vq16.Downscale);
    }

    [Fact]
    public void Vq16_has_every_name_and_shape_of_LlamaGens_state_dictionary()
    {
        string[] expected = File.ReadAllLines(Path.Combine(GoldenFolder.Own, "vq16_state_dict.txt"));
        Assert.Equal(344, expected.Length);
        Assert.Equal(expected,
            VqNames.StateDictionary(VqShape.Vq16).Select(n => $"{n.Name} [{string.Join(", ", n.Shape)}]"));
    }

    [Fact]
    public void Vq8_has_LlamaGens_tensors_and_parameters()
    {
        Assert.Equal(300, VqNames.StateDictionary(VqShape.Vq8).Count());
        Assert.Equal(70_109_835, VqShape.Vq8.Layout().Count);
        Assert.Equal(8, VqShape.Vq8.Downscale);
    }

    [Fact]
    public void A_shape_survives_its_metadata()
    {
        VqShape shape = new()
        {
            Ch = 16,
            ChMult = [1, 2],
            DecoderChMult = [2, 3],
            ResBlocks = 1,
            ZChannels = 24,
            CodebookSize = 99,
            CodebookDim = 4,
            NormGroups = 8,
        };
        Assert.Equal(shape, VqMetadata.Read(VqMetadata.Of(shape), "memory"));
        Assert.NotEqual(shape, VqMetadata.Read(VqMetadata.Of(shape with { DecoderChMult = null }), "memory"));
    }

    [Theory]
    [InlineData("ch", null)]
    [InlineData("ch", "-1")]
    [InlineData("ch_mult", "[1, ")]
    [InlineData("ch_mult", "[]")]
    [InlineData("decoder_ch_mult", "[1]")]
    [InlineData("num_res_blocks", "1000000")]
    [InlineData("norm_groups", "5")]
    public void Bad_metadata_is_refused_naming_file_and_entry(string key, string? value)
    {
        Dictionary<string, string> metadata = VqMetadata.Of(new VqShape { Ch = 16, ChMult = [1, 2] });
        metadata.Remove(key);
        if (value is not null) metadata[key] = value;
        StarlingException error = Assert.Throws<StarlingException>(() => VqMetadata.Read(metadata, "some.safetensors"));
        Assert.Contains("some.safetensors", error.Message);
        Assert.Contains(key, error.Message);
    }

    private static long Count(IEnumerable<ParameterShape> names, string prefix) =>
        names.Where(n => n.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(n => n.Count);
}
