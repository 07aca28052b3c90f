// Shapes: b anchors' images (a micro-batch), B keys' images (the global batch), S student views, M views,
// K contrasted positions, D width.
using Starling.Model.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Starling.Model.SelfGuided;

/// <summary>
/// L_step and L_view, Eqs. 6 and 7: InfoNCE between the projected student features and the teacher's. The positive is
/// the same image at another position of the same view (step), or at the same position of another view (view); the
/// negatives are the other images at that place.
/// </summary>
/// <param name="keys_MKBD">Unit-length teacher features of every image that may serve as a key.</param>
/// <param name="labels_B">Classes of those images; used only if same-class images are not to be negatives.</param>
/// <param name="temperature">τ.</param>
/// <param name="skipSameClass">Leave same-class images out of the denominators.</param>
public sealed class ContrastiveLoss(Tensor keys_MKBD, Tensor labels_B, double temperature, bool skipSameClass)
{
    /// <summary>
    /// The two losses' sums over this micro-batch's anchors, each divided by its number of terms per image:
    /// S·K·(K−1) and S·(M−1)·K. Dividing by the images of the global batch gives the mean. A loss without any pair
    /// (K or M of 1) is 0.
    /// </summary>
    /// <param name="anchors_bSKD">f(h) of the student; gradient flows. Scaled to unit length here.</param>
    /// <param name="first">Index of the first anchor's image among the keys.</param>
    public (Tensor Step, Tensor View) Sums(Tensor anchors_bSKD, long first)
    {
        Tensor z_SKbD = anchors_bSKD.to(ScalarType.Float32).Normalized().permute(1, 2, 0, 3);
        long views = z_SKbD.shape[0], positions = z_SKbD.shape[1], images = z_SKbD.shape[2];
        long allViews = keys_MKBD.shape[0];
        Tensor targets_b = Ops.Range(images, keys_MKBD.device).add(Offset(first), Scalars.One);

        // Step: anchor position i against every key position j of the same view.
        Tensor sameView_SKKb = CrossEntropy(z_SKbD.unsqueeze(2), keys_MKBD.narrow(0, 0, views).unsqueeze(1), targets_b);
        Tensor otherPosition_KK = OffDiagonal(positions, positions).view(1, positions, positions, 1);
        double stepTerms = views * positions * (positions - 1);
        Tensor step = (sameView_SKKb * otherPosition_KK).sum([0, 1, 2]).sum().Times(stepTerms > 0 ? 1 / stepTerms : 0);

        // View: anchor view m against every key view n at the same position.
        Tensor samePosition_SMKb = CrossEntropy(z_SKbD.unsqueeze(1), keys_MKBD.unsqueeze(0), targets_b);
        Tensor otherView_SM = OffDiagonal(views, allViews).view(views, allViews, 1, 1);
        double viewTerms = views * (allViews - 1) * positions;
        Tensor view = (samePosition_SMKb * otherView_SM).sum([0, 1, 2]).sum().Times(viewTerms > 0 ? 1 / viewTerms : 0);
        return (step, view);
    }

    /// <summary>
    /// Mean cosine between different images' keys at the same place. Near 1, all features share one direction and the
    /// softmax is flat: key normalisation helps then (spec 1.9, item 5).
    /// </summary>
    public double MeanKeySimilarity()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long images = keys_MKBD.shape[2];
        if (images < 2) return 0;
        // The sum over all pairs is the squared norm of the sum; B of the pairs are an image with itself.
        Tensor pairs_MK = keys_MKBD.sum([2]).Squared().sum([-1]);
        return (pairs_MK.mean().item<float>() - images) / (images * (images - 1.0));
    }

    /// <summary>Cross-entropy of every anchor with its own image as the target; leading dimensions broadcast.</summary>
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
