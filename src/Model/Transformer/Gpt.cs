using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

// Shapes: B batch, N tokens given, S = N + 1 positions (class token first), D width, V vocabulary.
namespace Starling.Model.Transformer;

/// <summary>
/// LlamaGen's class-conditional transformer (autoregressive/models/gpt.py) over the weights of a
/// <see cref="ParameterStore"/>. Holds no weights of its own, so student and teacher are the same code over two stores.
/// Position 0 is the class token; the hidden state at position p predicts token p + 1.
/// </summary>
public sealed class Gpt : IDisposable
{
    private readonly GptBlock[] _blocks;
    private readonly Tensor _classTable, _tokenTable, _finalGain, _output, _turns;

    /// <summary>A network over <paramref name="weights"/>, laid out as <paramref name="shape"/> says.</summary>
    public Gpt(GptShape shape, ParameterStore weights)
    {
        Shape = shape.Validated();
        Weights = weights;
        _classTable = weights["cls_embedding.embedding_table.weight"];
        _tokenTable = weights["tok_embeddings.weight"];
        _finalGain = weights["norm.weight"];
        _output = weights["output.weight"];
        _turns = RotaryTable.Create(shape, weights.Device);
        _blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new GptBlock(shape, weights, i))];
    }

    /// <summary>The network's form.</summary>
    public GptShape Shape { get; }

    /// <summary>Its weights; disposed by their owner, not by this.</summary>
    public ParameterStore Weights { get; }

    /// <summary>
    /// LlamaGen's initial weights: every matrix and embedding N(0, 0.02²), norm gains 1, the output layer 0 (so that
    /// the first loss is exactly ln V).
    /// </summary>
    public void Initialize(ulong seed)
    {
        foreach (ParameterShape parameter in Weights.Layout.Parameters)
            if (parameter.Name == "output.weight") Weights.InitializeConstant(parameter.Name, 0);
            else if (parameter.Decays) Weights.InitializeNormal(parameter.Name, 0.02, seed);
            else Weights.InitializeConstant(parameter.Name, 1);
    }

    /// <summary>Hidden states of whole sequences.</summary>
    /// <param name="tokens_BN">Tokens before the last to predict: int64 [B, N], N from 0 to T; T − 1 to train.</param>
    /// <param name="labels_B">Classes, int64 [B]; <see cref="GptShape.NullClass"/> for none.</param>
    /// <param name="mask">Allowed attention over S positions; null for causal.</param>
    /// <param name="dropout">Null for none.</param>
    /// <param name="tap">Block whose output becomes <see cref="GptFeatures.Mid"/>, from 1; 0 for the last.</param>
    public GptFeatures Features(
        Tensor tokens_BN, Tensor labels_B, AttentionMask? mask = null, KeyedDropout? dropout = null, int tap = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tap, _blocks.Length);
        using var scope = NewDisposeScope();
        Tensor x_BSD = Embed(tokens_BN, labels_B, dropout);
        Tensor mid_BSD = Blocks(x_BSD, 0, tap, mask, dropout);
        Tensor last_BSD = Blocks(mid_BSD, tap, _blocks.Length, mask, dropout).MoveToOuterDisposeScope();
        // Tapped at the last block both are one tensor, which must not be moved out twice.
        bool same = tap == 0 || tap == _blocks.Length;
        return new GptFeatures(same ? last_BSD : mid_BSD.MoveToOuterDisposeScope(), last_BSD);
    }

    /// <summary>
    /// The residual stream [B, S, D] after block <paramref name="depth"/> (from 1) without dropout; the blocks above
    /// are not computed. Arguments as for <see cref="Features"/>.
    /// </summary>
    public Tensor HiddenAfter(int depth, Tensor tokens_BN, Tensor labels_B)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, _blocks.Length);
        using var scope = NewDisposeScope();
        Tensor x_BSD = Embed(tokens_BN, labels_B, dropout: null);
        return Blocks(x_BSD, 0, depth, mask: null, dropout: null).MoveToOuterDisposeScope();
    }

    /// <summary>The final RMSNorm of the last block's output, any shape ending in D.</summary>
    public Tensor FinalNorm(Tensor last)
    {
        using var scope = NewDisposeScope();
        return RmsNorm.Apply(last, _finalGain, Shape.NormEpsilon).MoveToOuterDisposeScope();
    }

    /// <summary>Next-token logits [.., V] in float32 of the last block's output [.., D].</summary>
    public Tensor Logits(Tensor last)
    {
        using var scope = NewDisposeScope();
        return linear(FinalNorm(last), _output).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The last block's output [B, 1, D] at the next position of a cached decoding: the same as <see cref="Features"/>
    /// gives there.
    /// </summary>
    /// <param name="input_B">int64 [B]: classes at position 0, then the token chosen before.</param>
    /// <param name="cache">The positions before; this one is appended.</param>
    public Tensor Decode(Tensor input_B, KvCache cache)
    {
        using var scope = NewDisposeScope();
        Tensor turns_1 = _turns.narrow(0, cache.Position, 1);
        Tensor x_B1D = Aten.Embedding(cache.Position == 0 ? _classTable : _tokenTable, input_B).unsqueeze(1);
        foreach (GptBlock block in _blocks) x_B1D = block.Decode(x_B1D, turns_1, cache);
        cache.Advance();
        return x_B1D.MoveToOuterDisposeScope();
    }

    /// <summary>Frees the rotary table; the weights stay.</summary>
    public void Dispose() => _turns.Dispose();

    private Tensor Embed(Tensor tokens_BN, Tensor labels_B, KeyedDropout? dropout)
    {
        Tensor class_B1D = Aten.Embedding(_classTable, labels_B).unsqueeze(1);
        Tensor x_BSD = cat([class_B1D, Aten.Embedding(_tokenTable, tokens_BN)], 1);
        return dropout?.Token(x_BSD) ?? x_BSD;
    }

    private Tensor Blocks(Tensor x_BSD, int from, int to, AttentionMask? mask, KeyedDropout? dropout)
    {
        Tensor turns_S = _turns.narrow(0, 0, x_BSD.shape[1]), input = x_BSD;
        for (int i = from; i < to; i++)
        {
            Tensor next_BSD = _blocks[i].Forward(x_BSD, turns_S, mask, dropout);
            // Freed at once where no gradient needs it: a teacher's pass holds two blocks' outputs, not all.
            if (!ReferenceEquals(x_BSD, input)) x_BSD.Dispose();
            x_BSD = next_BSD;
        }
        return x_BSD;
    }
}
