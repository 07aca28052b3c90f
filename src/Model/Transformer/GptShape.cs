using Starling.Data;
using Starling.Model.Parameters;

namespace Starling.Model.Transformer;

/// <summary>
/// The shape of a class-conditional LlamaGen transformer: everything that decides the names and shapes of its
/// parameters and what it computes with them. Holds no weights.
/// </summary>
/// <param name="Dim">D, width of the residual stream.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Number of attention heads.</param>
/// <param name="Vocabulary">V, the number of entries of the tokenizer's codebook.</param>
/// <param name="Tokens">T, the number of tokens of one image: the square of the grid's side.</param>
/// <param name="Classes">Number of classes, without the null class.</param>
public sealed record GptShape(int Dim, int Layers, int Heads, int Vocabulary, int Tokens, int Classes)
{
    /// <summary>The SwiGLU width is rounded up to a multiple of this.</summary>
    public int FfnMultiple { get; init; } = 256;

    /// <summary>ε of RMSNorm.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeBase { get; init; } = 10000;

    /// <summary>Width of one head.</summary>
    public int HeadDim => Dim / Heads;

    /// <summary>SwiGLU width F: ⌊8D/3⌋ rounded up to a multiple of <see cref="FfnMultiple"/>.</summary>
    public int FfnHidden => (8 * Dim / 3 + FfnMultiple - 1) / FfnMultiple * FfnMultiple;

    /// <summary>Side of the token grid.</summary>
    public int Grid => (int)Math.Round(Math.Sqrt(Tokens));

    /// <summary>The label that stands for "no class" in classifier-free guidance.</summary>
    public int NullClass => Classes;

    /// <summary>
    /// Floating-point operations of one sequence's forward pass: the matrix products, and half of a full attention
    /// because attention is causal. Forward and backward pass together take three times as many.
    /// </summary>
    public double ForwardFlops
    {
        get
        {
            double weights = Layers * (4.0 * Dim * Dim + 3.0 * Dim * FfnHidden) + (double)Dim * Vocabulary;
            double attention = 2.0 * Layers * Tokens * Dim;
            return Tokens * (2 * weights + attention);
        }
    }

    /// <summary>The parameters under LlamaGen's names, in the order of its state dictionary.</summary>
    /// <exception cref="StarlingException">The sizes do not fit together.</exception>
    public ParameterLayout Layout => new(Validated().Parameters());

    /// <summary>
    /// Makes the shape that <paramref name="options"/> describe: the sizes of the preset, except those that are given.
    /// </summary>
    /// <param name="options">Section <c>model</c> of the configuration.</param>
    /// <param name="vocabulary">The tokenizer's codebook size.</param>
    /// <param name="tokens">Number of tokens of one image.</param>
    /// <param name="classes">Number of classes of the data set.</param>
    /// <exception cref="StarlingException">
    /// The preset is unknown, a size is missing, or the sizes do not fit together.
    /// </exception>
    public static GptShape From(ModelOptions options, int vocabulary, int tokens, int classes)
    {
        (int Dim, int Layers, int Heads)? preset = options.Preset is { } name ? GptPresets.Size(name) : null;
        int dim = options.Dim ?? preset?.Dim ?? throw Missing("dim");
        int layers = options.Layers ?? preset?.Layers ?? throw Missing("layers");
        int heads = options.Heads ?? preset?.Heads ?? throw Missing("heads");
        var shape = new GptShape(dim, layers, heads, vocabulary, tokens, classes) { FfnMultiple = options.FfnMultiple };
        return shape.Validated();
    }

    /// <summary>Checks the sizes and gives this shape.</summary>
    /// <exception cref="StarlingException">The sizes do not fit together.</exception>
    public GptShape Validated()
    {
        foreach ((string key, int value) in ((string, int)[])
            [("dim", Dim), ("layers", Layers), ("heads", Heads), ("ffnMultiple", FfnMultiple)])
            if (value < 1) throw new StarlingException($"model.{key} is {value}; it must be at least 1");
        if (Vocabulary < 1) throw new StarlingException($"a vocabulary of {Vocabulary} tokens is empty");
        if (Classes < 1) throw new StarlingException($"there are {Classes} classes; at least 1 is needed");
        if (Dim % Heads != 0)
            throw new StarlingException($"model.heads {Heads} does not divide model.dim {Dim}; choose a divisor");
        // The rotary embedding has two axes, and rotates pairs of elements for each.
        if (HeadDim % 4 != 0)
            throw new StarlingException(
                $"model.dim {Dim} over model.heads {Heads} gives heads of {HeadDim}; they must be multiples of 4");
        if (Tokens < 1 || Grid * Grid != Tokens)
            throw new StarlingException($"{Tokens} tokens make no square grid, which the 2D rotary embedding needs");
        return this;
    }

    private static StarlingException Missing(string key) =>
        new($"model.{key} is missing; give it, or a model.preset ({string.Join(", ", GptPresets.Names)})");

    private IEnumerable<ParameterShape> Parameters()
    {
        yield return new ParameterShape("cls_embedding.embedding_table.weight", Classes + 1, Dim);
        yield return new ParameterShape("tok_embeddings.weight", Vocabulary, Dim);
        for (int i = 0; i < Layers; i++)
        {
            yield return new ParameterShape($"layers.{i}.attention.wqkv.weight", 3 * Dim, Dim);
            yield return new ParameterShape($"layers.{i}.attention.wo.weight", Dim, Dim);
            yield return new ParameterShape($"layers.{i}.feed_forward.w1.weight", FfnHidden, Dim);
            yield return new ParameterShape($"layers.{i}.feed_forward.w3.weight", FfnHidden, Dim);
            yield return new ParameterShape($"layers.{i}.feed_forward.w2.weight", Dim, FfnHidden);
            yield return new ParameterShape($"layers.{i}.attention_norm.weight", Dim);
            yield return new ParameterShape($"layers.{i}.ffn_norm.weight", Dim);
        }
        yield return new ParameterShape("norm.weight", Dim);
        yield return new ParameterShape("output.weight", Vocabulary, Dim);
    }
}
