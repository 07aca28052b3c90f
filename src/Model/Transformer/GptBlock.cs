using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

// Shapes: B batch, S sequence, D width, H heads, d head width, P positions so far, F feed-forward width.
namespace Starling.Model.Transformer;

/// <summary>
/// One block of LlamaGen: attention, then SwiGLU, each behind a norm and added to the residual stream.
/// </summary>
internal sealed class GptBlock(GptShape shape, ParameterStore weights, int index)
{
    private readonly Tensor _wqkv = weights[$"layers.{index}.attention.wqkv.weight"];
    private readonly Tensor _wo = weights[$"layers.{index}.attention.wo.weight"];
    private readonly Tensor _w1 = weights[$"layers.{index}.feed_forward.w1.weight"];
    private readonly Tensor _w3 = weights[$"layers.{index}.feed_forward.w3.weight"];
    private readonly Tensor _w2 = weights[$"layers.{index}.feed_forward.w2.weight"];
    private readonly Tensor _attentionGain = weights[$"layers.{index}.attention_norm.weight"];
    private readonly Tensor _ffnGain = weights[$"layers.{index}.ffn_norm.weight"];

    /// <summary>Computes the block's output [B, S, D] for whole sequences.</summary>
    /// <param name="x_BSD">The residual stream before the block, [B, S, D].</param>
    /// <param name="angles_S">The positions' entries of the <see cref="RotaryTable"/>.</param>
    /// <param name="mask">The attention that is allowed; null for causal attention.</param>
    /// <param name="dropout">Null for none.</param>
    public Tensor Forward(Tensor x_BSD, Tensor angles_S, AttentionMask? mask, KeyedDropout? dropout)
    {
        using var scope = NewDisposeScope();
        (Tensor q_BHSd, Tensor k_BHSd, Tensor v_BHSd) = QueriesKeysValues(x_BSD, angles_S);
        return AddToStream(x_BSD, Attend(q_BHSd, k_BHSd, v_BHSd, mask), dropout).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the attention's output [B, H, S, d] for whole sequences. Without a mask the attention is causal.
    /// </summary>
    internal static Tensor Attend(Tensor q_BHSd, Tensor k_BHSd, Tensor v_BHSd, AttentionMask? mask) =>
        scaled_dot_product_attention(q_BHSd, k_BHSd, v_BHSd, attn_mask: mask?.Keep, is_casual: mask is null);

    /// <summary>
    /// Computes the block's output [B, 1, D] at the next position, which attends to itself and to all positions in the
    /// cache.
    /// </summary>
    public Tensor Decode(Tensor x_B1D, Tensor angles_1, KvCache cache)
    {
        using var scope = NewDisposeScope();
        (Tensor q_BH1d, Tensor k_BH1d, Tensor v_BH1d) = QueriesKeysValues(x_B1D, angles_1);
        (Tensor keys_BHPd, Tensor values_BHPd) = cache.Append(index, k_BH1d, v_BH1d);
        Tensor mixed_BH1d = scaled_dot_product_attention(q_BH1d, keys_BHPd, values_BHPd);
        return AddToStream(x_B1D, mixed_BH1d, dropout: null).MoveToOuterDisposeScope();
    }

    /// <summary>Computes queries and keys, rotated by their positions, and values, each [B, H, S, d].</summary>
    internal (Tensor Q, Tensor K, Tensor V) QueriesKeysValues(Tensor x_BSD, Tensor angles_S)
    {
        long batch = x_BSD.shape[0], length = x_BSD.shape[1];
        Tensor normed_BSD = RmsNorm.Apply(x_BSD, _attentionGain, shape.NormEpsilon);
        Tensor qkv_BS3Hd = linear(normed_BSD, _wqkv).view(batch, length, 3, shape.Heads, shape.HeadDim);
        Tensor qk_2BHSd = RotaryTable.Rotate(qkv_BS3Hd.narrow(2, 0, 2), angles_S).permute(2, 0, 3, 1, 4);
        Tensor v_BHSd = qkv_BS3Hd.select(2, 2).transpose(1, 2);
        return (qk_2BHSd[0], qk_2BHSd[1], v_BHSd);
    }

    private Tensor AddToStream(Tensor x_BSD, Tensor mixed_BHSd, KeyedDropout? dropout)
    {
        Tensor attended_BSD = linear(mixed_BHSd.transpose(1, 2).reshape(x_BSD.shape), _wo);
        Tensor h_BSD = x_BSD.Plus(dropout?.Residual(attended_BSD) ?? attended_BSD);
        Tensor normed_BSD = RmsNorm.Apply(h_BSD, _ffnGain, shape.NormEpsilon);
        Tensor gated_BSF = silu(linear(normed_BSD, _w1)) * linear(normed_BSD, _w3);
        Tensor fed_BSD = linear(gated_BSF, _w2);
        return h_BSD.Plus(dropout?.Ffn(fed_BSD) ?? fed_BSD);
    }
}
