using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

// Shapes: B batch, N tokens given, S = N + 1 positions (class token first), D width, V vocabulary.
namespace Starling.Model.Transformer;

/// <summary>
/// LlamaGen's class-conditional transformer (autoregressive/models/gpt.py) over the weights of a
/// <see cref="ParameterStore"/>. It holds no weights itself, so student and teacher are this class over two stores.
/// Position 0 is the class token. The hidden state at position p predicts token p + 1, counted from 1.
/// </summary>
public sealed class Gpt : IDisposable
{
    private readonly GptBlock[] _blocks;
    private readonly Tensor _classTable, _tokenTable, _finalGain, _output, _angles;

    /// <summary>
    /// Makes a network over <paramref name="weights"/>, whose layout is that of <paramref name="shape"/>.
    /// </summary>
    public Gpt(GptShape shape, ParameterStore weights)
    {
        Shape = shape.Validated();
        Weights = weights;
        _classTable = weights["cls_embedding.embedding_table.weight"];
        _tokenTable = weights["tok_embeddings.weight"];
        _finalGain = weights["norm.weight"];
        _output = weights["output.weight"];
        _angles = RotaryTable.Create(shape, weights.Device);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new GptBlock(shape, weights, i))];
    }

    /// <summary>The network's shape.</summary>
    public GptShape Shape { get; }

    /// <summary>The network's weights. Their owner disposes them.</summary>
    public ParameterStore Weights { get; }

    /// <summary>
    /// Fills the weights as LlamaGen does: matrices and embeddings with N(0, 0.02²), the norms' gains with 1, and the
    /// output layer with 0, so that the first loss is exactly ln V.
    /// </summary>
    public void Initialize(ulong seed)
    {
        foreach (ParameterShape parameter in Weights.Layout.Parameters)
            if (parameter.Name == "output.weight") Weights.InitializeConstant(parameter.Name, 0);
            else if (parameter.Decays) Weights.InitializeNormal(parameter.Name, 0.02, seed);
            else Weights.InitializeConstant(parameter.Name, 1);
    }

    /// <summary>Computes the hidden states of whole sequences.</summary>
    /// <param name="tokens_BN">
    /// The tokens, int64 [B, N], N from 0 to T. In training they are all but the last, T − 1.
    /// </param>
    /// <param name="labels_B">Classes, int64 [B]; <see cref="GptShape.NullClass"/> for no class.</param>
    /// <param name="mask">The attention that is allowed over the S positions; null for causal attention.</param>
    /// <param name="dropout">Null for none.</param>
    /// <param name="tap">The block whose output becomes <see cref="GptFeatures.Mid"/>, from 1; 0 for the last.</param>
    public GptFeatures Features(
        Tensor tokens_BN, Tensor labels_B, AttentionMask? mask = null, KeyedDropout? dropout = null, int tap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tap, _blocks.Length);
        using var scope = NewDisposeScope();
        Tensor x_BSD = Embed(tokens_BN, labels_B, dropout);
        Tensor mid_BSD = RunBlocks(x_BSD, 0, tap, mask, dropout);
        Tensor last_BSD = RunBlocks(mid_BSD, tap, _blocks.Length, mask, dropout).MoveToOuterDisposeScope();
        // If the last block is tapped, both are one tensor, which must be moved to the outer scope only once.
        bool same = tap == 0 || tap == _blocks.Length;
        return new GptFeatures(same ? last_BSD : mid_BSD.MoveToOuterDisposeScope(), last_BSD);
    }

    /// <summary>
    /// Computes the residual stream [B, S, D] after block <paramref name="depth"/> (from 1), without mask and dropout.
    /// The blocks above are not computed. The other arguments are those of <see cref="Features"/>.
    /// </summary>
    public Tensor HiddenAfter(int depth, Tensor tokens_BN, Tensor labels_B)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, _blocks.Length);
        using var scope = NewDisposeScope();
        Tensor x_BSD = Embed(tokens_BN, labels_B, dropout: null);
        return RunBlocks(x_BSD, 0, depth, mask: null, dropout: null).MoveToOuterDisposeScope();
    }

    /// <summary>Applies the final RMSNorm to the last block's output, of any shape that ends in D.</summary>
    public Tensor FinalNorm(Tensor last)
    {
        using var scope = NewDisposeScope();
        return RmsNorm.Apply(last, _finalGain, Shape.NormEpsilon).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the next-token logits, float32 [.., V], from the last block's output [.., D].</summary>
    public Tensor Logits(Tensor last)
    {
        using var scope = NewDisposeScope();
        return linear(FinalNorm(last), _output).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the last block's output [B, 1, D] at the next position, from the cached keys and values of the earlier
    /// ones. The result is the one that <see cref="Features"/> gives at that position.
    /// </summary>
    /// <param name="input_B">
    /// int64 [B]: the classes at position 0, later the tokens chosen at the position before.
    /// </param>
    /// <param name="cache">The keys and values of the earlier positions. Those of this position are appended.</param>
    public Tensor Decode(Tensor input_B, KvCache cache)
    {
        using var scope = NewDisposeScope();
        Tensor angles_1 = _angles.narrow(0, cache.Position, 1);
        Tensor x_B1D = Aten.Embedding(cache.Position == 0 ? _classTable : _tokenTable, input_B).unsqueeze(1);
        foreach (GptBlock block in _blocks) x_B1D = block.Decode(x_B1D, angles_1, cache);
        cache.Advance();
        return x_B1D.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the rotary table. The weights belong to their owner.</summary>
    public void Dispose() => _angles.Dispose();

    private Tensor Embed(Tensor tokens_BN, Tensor labels_B, KeyedDropout? dropout)
    {
        Tensor class_B1D = Aten.Embedding(_classTable, labels_B).unsqueeze(1);
        Tensor x_BSD = cat([class_B1D, Aten.Embedding(_tokenTable, tokens_BN)], 1);
        return dropout?.Token(x_BSD) ?? x_BSD;
    }

    private Tensor RunBlocks(Tensor x_BSD, int from, int to, AttentionMask? mask, KeyedDropout? dropout)
    {
        Tensor angles_S = _angles.narrow(0, 0, x_BSD.shape[1]), input = x_BSD;
        for (int i = from; i < to; i++)
        {
            Tensor next_BSD = _blocks[i].Forward(x_BSD, angles_S, mask, dropout);
            // Frees the block's input. If no gradient needs it, its memory is free at once, so the teacher's pass holds
            // the outputs of two blocks and not of all.
            if (!ReferenceEquals(x_BSD, input)) x_BSD.Dispose();
            x_BSD = next_BSD;
        }
        return x_BSD;
    }
}
