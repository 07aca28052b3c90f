using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tokenizer;

namespace Starling.Model.Tests.Tokenizer;

public class VqShapeTests
{
    [Fact]
    public void Vq16_has_LlamaGens_tensors_and_parameters()
    {
        ParameterShape[] names = [.. VqNames.StateDictionary(VqShape.Vq16)];
        Assert.Equal(344, names.Length);
        Assert.Equal(71_883_403, VqShape.Vq16.Layout().Count);
        Assert.Equal(29_298_176, Count(names, "encoder."));
        Assert.Equal(42_449_795, Count(names, "decoder."));
        Assert.Equal(16, VqShape.Vq16.Downscale);
        Assert.Equal("encoder.conv_in.weight", names[0].Name);
        Assert.Equal(
            ["decoder.conv_out.bias", "quantize.embedding.weight", "quantize.codebook_used", "quant_conv.weight",
                "quant_conv.bias", "post_quant_conv.weight", "post_quant_conv.bias"],
            names[^7..].Select(n => n.Name));
        Assert.Equal([256L, 128, 3, 3], Shape(names, "encoder.conv_blocks.2.res.0.conv1.weight"));
        Assert.Equal([256L, 512, 1, 1], Shape(names, "decoder.conv_blocks.1.res.0.nin_shortcut.weight"));
        Assert.Equal([512L, 512, 1, 1], Shape(names, "decoder.conv_blocks.0.attn.2.proj_out.weight"));
        Assert.DoesNotContain(names, n => n.Name.Contains("conv_blocks.4.upsample", StringComparison.Ordinal));
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

    private static long[] Shape(IEnumerable<ParameterShape> names, string name) =>
        names.Single(n => n.Name == name).Shape;
}
