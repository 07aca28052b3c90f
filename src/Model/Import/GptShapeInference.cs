using System.Globalization;
using Starling.Data;
using Starling.Model.Transformer;

namespace Starling.Model.Import;

/// <summary>
/// Infers the shape of a LlamaGen transformer from the shapes of its tensors and from the settings in its file.
/// </summary>
internal static class GptShapeInference
{
    /// <summary>LlamaGen's names of these settings. <see cref="ModelExport"/> writes them as metadata.</summary>
    internal const string HeadsKey = "n_head", TokensKey = "block_size", MultipleKey = "multiple_of";

    private const int LlamaGenHeadDim = 64, LlamaGenTokens = 256, LlamaGenDownscale = 16;

    internal static GptShape Of(WeightFile file, ImportOptions options, out List<string> assumptions)
    {
        assumptions = [];
        long[] tokenTable = Shape(file, "tok_embeddings.weight", 2);
        int dim = Size(file, tokenTable[1]), layers = Layers(file);
        int hidden = Size(file, Shape(file, "layers.0.feed_forward.w1.weight", 2)[0]);
        int classes = Size(file, Shape(file, "cls_embedding.embedding_table.weight", 2)[0] - 1);
        int heads = options.Heads ?? Setting(file, HeadsKey) ?? Heads(file, dim, layers, assumptions);
        int tokens = options.Tokens ?? Tokens(file, assumptions);
        GptShape shape = new(dim, layers, heads, Size(file, tokenTable[0]), tokens, classes);
        // If none of the usual multiples gives the width of the file, the width itself is taken as the multiple:
        // rounding up to it gives any width that is possible.
        int[] multiples = [Setting(file, MultipleKey) ?? 256, 256, 128, 64, 32, hidden];
        return multiples.Select(multiple => shape with { FfnMultiple = multiple })
            .FirstOrDefault(s => s.FfnHidden == hidden)?.Validated()
            ?? throw Bad(file, $"a feed-forward width of {hidden} is too small for a model width of {dim}");
    }

    private static int Layers(WeightFile file)
    {
        int layers = 0;
        while (file.Tensors.ContainsKey($"layers.{layers}.attention.wqkv.weight")) layers++;
        return layers > 0 ? layers : throw Bad(file, "there is no 'layers.0.attention.wqkv.weight'");
    }

    private static int Heads(WeightFile file, int dim, int layers, List<string> assumptions)
    {
        foreach (string preset in GptPresets.Names)
            if (GptPresets.Size(preset) is var size && size.Dim == dim && size.Layers == layers) return size.Heads;
        if (dim % LlamaGenHeadDim != 0)
            throw Bad(file, $"the number of heads cannot be told from a width of {dim}: give it with --heads");
        assumptions.Add($"{dim / LlamaGenHeadDim} heads (--heads)");
        return dim / LlamaGenHeadDim;
    }

    private static int Tokens(WeightFile file, List<string> assumptions)
    {
        if (Setting(file, TokensKey) is { } tokens) return tokens;
        if (Setting(file, "image_size") is not { } side)
        {
            assumptions.Add($"{LlamaGenTokens} tokens (--tokens)");
            return LlamaGenTokens;
        }
        int grid = side / Math.Max(1, Setting(file, "downsample_size") ?? LlamaGenDownscale);
        return Math.Max(1, grid * grid);
    }

    private static int? Setting(WeightFile file, string key) =>
        int.TryParse(file.Settings.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int number) &&
        number is > 0 and <= 1 << 15
            ? number
            : null;

    private static long[] Shape(WeightFile file, string name, int dimensions)
    {
        long[] shape = file.Tensors.GetValueOrDefault(name)?.shape ?? throw Bad(file, $"there is no '{name}'");
        return shape.Length == dimensions
            ? shape
            : throw Bad(file, $"'{name}' has the shape [{string.Join(", ", shape)}]");
    }

    private static int Size(WeightFile file, long size) =>
        size is > 0 and <= 1 << 24 ? (int)size : throw Bad(file, $"a tensor has an impossible size of {size}");

    private static StarlingException Bad(WeightFile file, string why) =>
        new($"{file.Path} is not a class-conditional LlamaGen transformer: {why}");
}
