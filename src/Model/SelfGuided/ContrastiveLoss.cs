// Shapes: b images of the anchors (a micro-batch), B images of the keys (the global batch), S views that the student
// sees, M views, K contrasted positions, D width.
using Starling.Model.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.SelfGuided;

/// <summary>
/// L_step and L_view, Eqs. 6 and 7: InfoNCE between the student's projected features (anchors) and the teacher's
/// features (keys). For L_step the positive is the key of the same image and view at another position. For L_view it is
/// the key of the same image and position in another view. The negatives are the keys of the other images at the
/// positive's view and position.
/// </summary>
/// <param name="keys_MKBD">The teacher's features of unit length, float32 [M, K, B, D].</param>
/// <param name="labels_B">
/// Classes of the keys' images, int64 [B]. They are used only if images of the anchor's class are no negatives.
/// </param>
/// <param name="temperature">τ, by which the cosines are divided.</param>
/// <param name="skipSameClass">Whether images of the anchor's class are left out of the denominators.</param>
public sealed class ContrastiveLoss(Tensor keys_MKBD, Tensor labels_B, double temperature, bool skipSameClass)
{
    /// <summary>
    /// Computes the sums of both losses over the anchors of a micro-batch, each divided by the number of its terms for
    /// one image: S·K·(K−1) for L_step and S·(M−1)·K for L_view. Divided by the images of the global batch, the sums of
    /// all micro-batches are the means. A loss without pairs (K of 1, M of 1) is 0.
    /// </summary>
    /// <param name="anchors_bSKD">
    /// f(h), the student's projected features [b, S, K, D] of any length. Gradient flows through them.
    /// </param>
    /// <param name="first">Index of the first anchor's image among the keys' images.</param>
    public (Tensor Step, Tensor View) Sums(Tensor anchors_bSKD, long first)
    {
        Tensor z_SKbD = anchors_bSKD.to(ScalarType.Float32).Normalized().permute(1, 2, 0, 3);
        long views = z_SKbD.shape[0], positions = z_SKbD.shape[1], images = z_SKbD.shape[2];
        long allViews = keys_MKBD.shape[0];
        Tensor targets_b = Ops.Range(images, keys_MKBD.device).add(Offset(first), Scalars.One);

        // L_step: the anchor at position i against the keys at every position j of the same view, except j = i.
        Tensor sameView_SKKb = CrossEntropy(z_SKbD.unsqueeze(2), keys_MKBD.narrow(0, 0, views).unsqueeze(1), targets_b);
        Tensor otherPosition_KK = OffDiagonal(positions, positions).view(1, positions, positions, 1);
        double stepTerms = views * positions * (positions - 1);
        Tensor step = (sameView_SKKb * otherPosition_KK).sum([0, 1, 2]).sum().Times(stepTerms > 0 ? 1 / stepTerms : 0);

        // L_view: the anchor of view m against the keys of every view n at the same position, except n = m.
        Tensor samePosition_SMKb = CrossEntropy(z_SKbD.unsqueeze(1), keys_MKBD.unsqueeze(0), targets_b);
        Tensor otherView_SM = OffDiagonal(views, allViews).view(views, allViews, 1, 1);
        double viewTerms = views * (allViews - 1) * positions;
        Tensor view = (samePosition_SMKb * otherView_SM).sum([0, 1, 2]).sum().Times(viewTerms > 0 ? 1 / viewTerms : 0);
        return (step, view);
    }

    /// <summary>
    /// Computes the mean cosine between the keys of different images at the same view and position. Near 1, all
    /// features point in one direction and InfoNCE cannot tell images apart; <see cref="KeyNormalization.LayerNorm"/>
    /// helps then.
    /// </summary>
    public double MeanKeySimilarity()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long images = keys_MKBD.shape[2];
        if (images < 2) return 0;
        // The sum of the cosines of all pairs is the squared norm of the sum of the keys. B of the pairs are an image
        // with itself.
        Tensor pairs_MK = keys_MKBD.sum([2]).Squared().sum([-1]);
        return (pairs_MK.mean().item<float>() - images) / (images * (images - 1.0));
    }

    /// <summary>
    /// Computes the cross-entropy of every anchor, with the key of its own image as the target. Leading dimensions,
    /// which the names leave out, broadcast: anchors [.., b, D] and keys [.., B, D] give losses [.., b].
    /// </summary>
    private Tensor CrossEntropy(Tensor anchors__bD, Tensor keys__BD, Tensor targets_b)
    {
        Tensor logits__bB = anchors__bD.matmul(keys__BD.transpose(-2, -1)).Times(1 / temperature);
        if (skipSameClass)
        {
            Tensor own_bB = targets_b.unsqueeze(1).eq(Ops.Range(labels_B.shape[0], labels_B.device).unsqueeze(0));
            Tensor same_bB = labels_B.index_select(0, targets_b).unsqueeze(1).eq(labels_B.unsqueeze(0));
            logits__bB = logits__bB.Filled(same_bB.logical_and(own_bB.logical_not()), double.NegativeInfinity);
        }
        long[] shape = logits__bB.shape;
        long images = shape[^2], keys = shape[^1], places = logits__bB.numel() / (images * keys);
        Tensor loss = F.cross_entropy(
            logits__bB.reshape(-1, keys), targets_b.repeat(places), reduction: nn.Reduction.None);
        return loss.view([.. shape[..^1]]);
    }

    private Tensor OffDiagonal(long rows, long columns)
    {
        Tensor row = Ops.Range(rows, keys_MKBD.device).unsqueeze(1);
        Tensor column = Ops.Range(columns, keys_MKBD.device).unsqueeze(0);
        return row.ne(column).to(ScalarType.Float32);
    }

    private Tensor Offset(long first) => torch.tensor(first, ScalarType.Int64, keys_MKBD.device);
}
