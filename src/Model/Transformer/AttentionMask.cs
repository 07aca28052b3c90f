using static TorchSharp.torch;

// Shapes: B batch, T positions.
namespace Starling.Model.Transformer;

/// <summary>
/// Which keys each query may attend to: causal, without the sequence's masked tokens. One mask serves all heads and
/// blocks (ST-AR, Eq. 3 and Fig. 3).
/// </summary>
public sealed class AttentionMask
{
    private AttentionMask(Tensor keep_B1TT) => Keep = keep_B1TT;

    /// <summary>True where attention is allowed; bool [B, 1, T, T] (query, key).</summary>
    public Tensor Keep { get; }

    /// <summary>
    /// Causal attention that hides each sequence's masked tokens from every query. The class token, position 0, stays
    /// visible whatever the mask says, so that no row is empty.
    /// </summary>
    /// <param name="maskedKeys_BT">True for a masked position; bool [B, T].</param>
    /// <param name="keepDiagonal">A masked token may still attend to itself.</param>
    /// <returns>The mask, in the caller's dispose scope and on the device of its argument.</returns>
    public static AttentionMask From(Tensor maskedKeys_BT, bool keepDiagonal = false)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long length = maskedKeys_BT.shape[1];
        Device device = maskedKeys_BT.device;
        Tensor causal_TT = ones([length, length], ScalarType.Bool, device).tril();
        Tensor visible_BT = maskedKeys_BT.logical_not();
        visible_BT.narrow(1, 0, 1).copy_(ones(1, 1, ScalarType.Bool, device));
        Tensor keep_B1TT = visible_BT.unsqueeze(1).unsqueeze(1).logical_and(causal_TT);
        if (keepDiagonal) keep_B1TT = keep_B1TT.logical_or(eye(length, dtype: ScalarType.Bool, device: device));
        return new AttentionMask(keep_B1TT.MoveToOuterDisposeScope());
    }
}
