using static TorchSharp.torch;

// Shapes: B batch, T positions.
namespace Starling.Model.Transformer;

/// <summary>
/// The keys that each query may attend to: those at its own and earlier positions, except the masked ones of its
/// sequence. One mask serves all heads and blocks (ST-AR, Eq. 3 and Fig. 3).
/// </summary>
public sealed class AttentionMask
{
    private AttentionMask(Tensor keep_B1TT) => Keep = keep_B1TT;

    /// <summary>
    /// True where attention is allowed: bool [B, 1, T, T], of which the last two dimensions are query and key.
    /// </summary>
    public Tensor Keep { get; }

    /// <summary>
    /// Makes the mask of causal attention that also hides each sequence's masked tokens from every query. The class
    /// token, position 0, always stays visible, so that every query has a key.
    /// </summary>
    /// <param name="maskedKeys_BT">True at masked positions, bool [B, T].</param>
    /// <param name="keepDiagonal">Whether a masked token may attend to itself.</param>
    /// <returns>
    /// The mask, in the caller's dispose scope and on the device of <paramref name="maskedKeys_BT"/>.
    /// </returns>
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
