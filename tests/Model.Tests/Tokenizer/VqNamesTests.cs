using Starling.Model.Parameters;
using Starling.Model.Tokenizer;

namespace Starling.Model.Tests.Tokenizer;

/// <summary>The names and shapes of LlamaGen's VQ-16, in the order of its state dictionary.</summary>
public class VqNamesTests
{
    [Fact]
    public void Vq16_has_exactly_LlamaGens_names_and_shapes()
    {
        string[] names = [.. VqNames.StateDictionary(VqShape.Vq16).Select(Line)];
        Assert.Equal(344, names.Length);
        Assert.Equal(LlamaGen.Split('\n').SelectMany(Expand), names);
    }

    private static string Line(ParameterShape p) => $"{p.Name} [{string.Join(", ", p.Shape)}]";

    /// <summary>A line is a module: its weight's shape, and "b" if it has a bias of the first dimension.</summary>
    private static IEnumerable<string> Expand(string line)
    {
        string[] parts = line.Split(' ', 2);
        (string name, string shape) = (parts[0], parts[1].Replace(" b", "", StringComparison.Ordinal));
        if (name.StartsWith("quantize.", StringComparison.Ordinal)) return [$"{name} {shape}"];
        string weight = $"{name}.weight {shape}", bias = $"{name}.bias {shape.Split(',', ']')[0]}]";
        return line.EndsWith(" b", StringComparison.Ordinal) ? [weight, bias] : [weight];
    }

    private const string LlamaGen = """
        encoder.conv_in [128, 3, 3, 3] b
        encoder.conv_blocks.0.res.0.norm1 [128] b
        encoder.conv_blocks.0.res.0.conv1 [128, 128, 3, 3] b
        encoder.conv_blocks.0.res.0.norm2 [128] b
        encoder.conv_blocks.0.res.0.conv2 [128, 128, 3, 3] b
        encoder.conv_blocks.0.res.1.norm1 [128] b
        encoder.conv_blocks.0.res.1.conv1 [128, 128, 3, 3] b
        encoder.conv_blocks.0.res.1.norm2 [128] b
        encoder.conv_blocks.0.res.1.conv2 [128, 128, 3, 3] b
        encoder.conv_blocks.0.downsample.conv [128, 128, 3, 3] b
        encoder.conv_blocks.1.res.0.norm1 [128] b
        encoder.conv_blocks.1.res.0.conv1 [128, 128, 3, 3] b
        encoder.conv_blocks.1.res.0.norm2 [128] b
        encoder.conv_blocks.1.res.0.conv2 [128, 128, 3, 3] b
        encoder.conv_blocks.1.res.1.norm1 [128] b
        encoder.conv_blocks.1.res.1.conv1 [128, 128, 3, 3] b
        encoder.conv_blocks.1.res.1.norm2 [128] b
        encoder.conv_blocks.1.res.1.conv2 [128, 128, 3, 3] b
        encoder.conv_blocks.1.downsample.conv [128, 128, 3, 3] b
        encoder.conv_blocks.2.res.0.norm1 [128] b
        encoder.conv_blocks.2.res.0.conv1 [256, 128, 3, 3] b
        encoder.conv_blocks.2.res.0.norm2 [256] b
        encoder.conv_blocks.2.res.0.conv2 [256, 256, 3, 3] b
        encoder.conv_blocks.2.res.0.nin_shortcut [256, 128, 1, 1] b
        encoder.conv_blocks.2.res.1.norm1 [256] b
        encoder.conv_blocks.2.res.1.conv1 [256, 256, 3, 3] b
        encoder.conv_blocks.2.res.1.norm2 [256] b
        encoder.conv_blocks.2.res.1.conv2 [256, 256, 3, 3] b
        encoder.conv_blocks.2.downsample.conv [256, 256, 3, 3] b
        encoder.conv_blocks.3.res.0.norm1 [256] b
        encoder.conv_blocks.3.res.0.conv1 [256, 256, 3, 3] b
        encoder.conv_blocks.3.res.0.norm2 [256] b
        encoder.conv_blocks.3.res.0.conv2 [256, 256, 3, 3] b
        encoder.conv_blocks.3.res.1.norm1 [256] b
        encoder.conv_blocks.3.res.1.conv1 [256, 256, 3, 3] b
        encoder.conv_blocks.3.res.1.norm2 [256] b
        encoder.conv_blocks.3.res.1.conv2 [256, 256, 3, 3] b
        encoder.conv_blocks.3.downsample.conv [256, 256, 3, 3] b
        encoder.conv_blocks.4.res.0.norm1 [256] b
        encoder.conv_blocks.4.res.0.conv1 [512, 256, 3, 3] b
        encoder.conv_blocks.4.res.0.norm2 [512] b
        encoder.conv_blocks.4.res.0.conv2 [512, 512, 3, 3] b
        encoder.conv_blocks.4.res.0.nin_shortcut [512, 256, 1, 1] b
        encoder.conv_blocks.4.res.1.norm1 [512] b
        encoder.conv_blocks.4.res.1.conv1 [512, 512, 3, 3] b
        encoder.conv_blocks.4.res.1.norm2 [512] b
        encoder.conv_blocks.4.res.1.conv2 [512, 512, 3, 3] b
        encoder.conv_blocks.4.attn.0.norm [512] b
        encoder.conv_blocks.4.attn.0.q [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.0.k [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.0.v [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.0.proj_out [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.1.norm [512] b
        encoder.conv_blocks.4.attn.1.q [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.1.k [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.1.v [512, 512, 1, 1] b
        encoder.conv_blocks.4.attn.1.proj_out [512, 512, 1, 1] b
        encoder.mid.0.norm1 [512] b
        encoder.mid.0.conv1 [512, 512, 3, 3] b
        encoder.mid.0.norm2 [512] b
        encoder.mid.0.conv2 [512, 512, 3, 3] b
        encoder.mid.1.norm [512] b
        encoder.mid.1.q [512, 512, 1, 1] b
        encoder.mid.1.k [512, 512, 1, 1] b
        encoder.mid.1.v [512, 512, 1, 1] b
        encoder.mid.1.proj_out [512, 512, 1, 1] b
        encoder.mid.2.norm1 [512] b
        encoder.mid.2.conv1 [512, 512, 3, 3] b
        encoder.mid.2.norm2 [512] b
        encoder.mid.2.conv2 [512, 512, 3, 3] b
        encoder.norm_out [512] b
        encoder.conv_out [256, 512, 3, 3] b
        decoder.conv_in [512, 256, 3, 3] b
        decoder.mid.0.norm1 [512] b
        decoder.mid.0.conv1 [512, 512, 3, 3] b
        decoder.mid.0.norm2 [512] b
        decoder.mid.0.conv2 [512, 512, 3, 3] b
        decoder.mid.1.norm [512] b
        decoder.mid.1.q [512, 512, 1, 1] b
        decoder.mid.1.k [512, 512, 1, 1] b
        decoder.mid.1.v [512, 512, 1, 1] b
        decoder.mid.1.proj_out [512, 512, 1, 1] b
        decoder.mid.2.norm1 [512] b
        decoder.mid.2.conv1 [512, 512, 3, 3] b
        decoder.mid.2.norm2 [512] b
        decoder.mid.2.conv2 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.0.norm1 [512] b
        decoder.conv_blocks.0.res.0.conv1 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.0.norm2 [512] b
        decoder.conv_blocks.0.res.0.conv2 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.1.norm1 [512] b
        decoder.conv_blocks.0.res.1.conv1 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.1.norm2 [512] b
        decoder.conv_blocks.0.res.1.conv2 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.2.norm1 [512] b
        decoder.conv_blocks.0.res.2.conv1 [512, 512, 3, 3] b
        decoder.conv_blocks.0.res.2.norm2 [512] b
        decoder.conv_blocks.0.res.2.conv2 [512, 512, 3, 3] b
        decoder.conv_blocks.0.attn.0.norm [512] b
        decoder.conv_blocks.0.attn.0.q [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.0.k [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.0.v [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.0.proj_out [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.1.norm [512] b
        decoder.conv_blocks.0.attn.1.q [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.1.k [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.1.v [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.1.proj_out [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.2.norm [512] b
        decoder.conv_blocks.0.attn.2.q [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.2.k [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.2.v [512, 512, 1, 1] b
        decoder.conv_blocks.0.attn.2.proj_out [512, 512, 1, 1] b
        decoder.conv_blocks.0.upsample.conv [512, 512, 3, 3] b
        decoder.conv_blocks.1.res.0.norm1 [512] b
        decoder.conv_blocks.1.res.0.conv1 [256, 512, 3, 3] b
        decoder.conv_blocks.1.res.0.norm2 [256] b
        decoder.conv_blocks.1.res.0.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.1.res.0.nin_shortcut [256, 512, 1, 1] b
        decoder.conv_blocks.1.res.1.norm1 [256] b
        decoder.conv_blocks.1.res.1.conv1 [256, 256, 3, 3] b
        decoder.conv_blocks.1.res.1.norm2 [256] b
        decoder.conv_blocks.1.res.1.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.1.res.2.norm1 [256] b
        decoder.conv_blocks.1.res.2.conv1 [256, 256, 3, 3] b
        decoder.conv_blocks.1.res.2.norm2 [256] b
        decoder.conv_blocks.1.res.2.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.1.upsample.conv [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.0.norm1 [256] b
        decoder.conv_blocks.2.res.0.conv1 [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.0.norm2 [256] b
        decoder.conv_blocks.2.res.0.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.1.norm1 [256] b
        decoder.conv_blocks.2.res.1.conv1 [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.1.norm2 [256] b
        decoder.conv_blocks.2.res.1.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.2.norm1 [256] b
        decoder.conv_blocks.2.res.2.conv1 [256, 256, 3, 3] b
        decoder.conv_blocks.2.res.2.norm2 [256] b
        decoder.conv_blocks.2.res.2.conv2 [256, 256, 3, 3] b
        decoder.conv_blocks.2.upsample.conv [256, 256, 3, 3] b
        decoder.conv_blocks.3.res.0.norm1 [256] b
        decoder.conv_blocks.3.res.0.conv1 [128, 256, 3, 3] b
        decoder.conv_blocks.3.res.0.norm2 [128] b
        decoder.conv_blocks.3.res.0.conv2 [128, 128, 3, 3] b
        decoder.conv_blocks.3.res.0.nin_shortcut [128, 256, 1, 1] b
        decoder.conv_blocks.3.res.1.norm1 [128] b
        decoder.conv_blocks.3.res.1.conv1 [128, 128, 3, 3] b
        decoder.conv_blocks.3.res.1.norm2 [128] b
        decoder.conv_blocks.3.res.1.conv2 [128, 128, 3, 3] b
        decoder.conv_blocks.3.res.2.norm1 [128] b
        decoder.conv_blocks.3.res.2.conv1 [128, 128, 3, 3] b
        decoder.conv_blocks.3.res.2.norm2 [128] b
        decoder.conv_blocks.3.res.2.conv2 [128, 128, 3, 3] b
        decoder.conv_blocks.3.upsample.conv [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.0.norm1 [128] b
        decoder.conv_blocks.4.res.0.conv1 [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.0.norm2 [128] b
        decoder.conv_blocks.4.res.0.conv2 [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.1.norm1 [128] b
        decoder.conv_blocks.4.res.1.conv1 [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.1.norm2 [128] b
        decoder.conv_blocks.4.res.1.conv2 [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.2.norm1 [128] b
        decoder.conv_blocks.4.res.2.conv1 [128, 128, 3, 3] b
        decoder.conv_blocks.4.res.2.norm2 [128] b
        decoder.conv_blocks.4.res.2.conv2 [128, 128, 3, 3] b
        decoder.norm_out [128] b
        decoder.conv_out [3, 128, 3, 3] b
        quantize.embedding.weight [16384, 8]
        quantize.codebook_used [65536]
        quant_conv [8, 256, 1, 1] b
        post_quant_conv [256, 8, 1, 1] b
        """;
}
