using Starling.Model.Parameters;

namespace Starling.Model.Tokenizer;

/// <summary>LlamaGen's names and shapes of the VQ model's parameters, in state-dictionary order.</summary>
public static class VqNames
{
    /// <summary>
    /// The code vectors [V, D]. They are stored as they were trained, and scaled to unit length when they are used.
    /// </summary>
    public const string Codebook = "quantize.embedding.weight";

    /// <summary>
    /// LlamaGen's only buffer, a rolling window of used codes. The model's results do not depend on it.
    /// </summary>
    public static readonly ParameterShape CodebookUsed = new("quantize.codebook_used", 65536);

    /// <summary>
    /// Returns the parameters. LlamaGen's state dictionary also has <see cref="CodebookUsed"/>, after the codebook.
    /// </summary>
    public static IEnumerable<ParameterShape> Parameters(VqShape s) =>
    [
        .. Encoder(s), .. Decoder(s), new(Codebook, s.CodebookSize, s.CodebookDim),
        .. Convolution("quant_conv", s.CodebookDim, s.ZChannels, 1),
        .. Convolution("post_quant_conv", s.ZChannels, s.CodebookDim, 1),
    ];

    /// <summary>Returns all entries of LlamaGen's state dictionary in its order, with the buffer.</summary>
    public static IEnumerable<ParameterShape> StateDictionary(VqShape shape) =>
        Parameters(shape).SelectMany(p => p.Name == Codebook ? (ParameterShape[])[p, CodebookUsed] : [p]);

    private static IEnumerable<ParameterShape> Encoder(VqShape s)
    {
        int last = s.ChMult.Count - 1, width = s.Ch;
        List<ParameterShape> names = [.. Convolution("encoder.conv_in", width, 3, 3)];
        for (int level = 0; level <= last; level++)
        {
            string block = $"encoder.conv_blocks.{level}";
            for (int i = 0; i < s.ResBlocks; i++, width = s.EncoderWidth(level))
                names.AddRange(Residual($"{block}.res.{i}", width, s.EncoderWidth(level)));
            if (level == last) names.AddRange(Attentions(block, s.ResBlocks, width));
            else names.AddRange(Convolution($"{block}.downsample.conv", width, width, 3));
        }
        return names.Concat(Middle("encoder.mid", width)).Concat(Norm("encoder.norm_out", width))
            .Concat(Convolution("encoder.conv_out", s.ZChannels, width, 3));
    }

    private static IEnumerable<ParameterShape> Decoder(VqShape s)
    {
        int last = s.ChMult.Count - 1, width = s.DecoderWidth(last);
        List<ParameterShape> names =
            [.. Convolution("decoder.conv_in", width, s.ZChannels, 3), .. Middle("decoder.mid", width)];
        for (int level = last; level >= 0; level--)
        {
            // LlamaGen counts the decoder's levels from the coarsest.
            string block = $"decoder.conv_blocks.{last - level}";
            for (int i = 0; i <= s.ResBlocks; i++, width = s.DecoderWidth(level))
                names.AddRange(Residual($"{block}.res.{i}", width, s.DecoderWidth(level)));
            if (level == last) names.AddRange(Attentions(block, s.ResBlocks + 1, width));
            if (level > 0) names.AddRange(Convolution($"{block}.upsample.conv", width, width, 3));
        }
        return names.Concat(Norm("decoder.norm_out", width)).Concat(Convolution("decoder.conv_out", 3, width, 3));
    }

    private static IEnumerable<ParameterShape> Middle(string name, int width) =>
    [
        .. Residual($"{name}.0", width, width), .. Attention($"{name}.1", width),
        .. Residual($"{name}.2", width, width),
    ];

    private static IEnumerable<ParameterShape> Attentions(string block, int count, int width) =>
        Enumerable.Range(0, count).SelectMany(i => Attention($"{block}.attn.{i}", width));

    private static IEnumerable<ParameterShape> Residual(string name, int from, int to) =>
    [
        .. Norm($"{name}.norm1", from), .. Convolution($"{name}.conv1", to, from, 3),
        .. Norm($"{name}.norm2", to), .. Convolution($"{name}.conv2", to, to, 3),
        .. from == to ? [] : Convolution($"{name}.nin_shortcut", to, from, 1),
    ];

    private static IEnumerable<ParameterShape> Attention(string name, int width) =>
    [
        .. Norm($"{name}.norm", width),
        .. ((string[])["q", "k", "v", "proj_out"]).SelectMany(part => Convolution($"{name}.{part}", width, width, 1)),
    ];

    private static ParameterShape[] Norm(string name, int width) =>
        [new($"{name}.weight", width), new($"{name}.bias", width)];

    private static ParameterShape[] Convolution(string name, int to, int from, int kernel) =>
        [new($"{name}.weight", to, from, kernel, kernel), new($"{name}.bias", to)];
}
