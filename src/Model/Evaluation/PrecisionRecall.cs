// Shapes: N images of one set, M of the other, D features.
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al., 2019). The manifold of a set is the union of balls around the
/// features of its images; the radius of a ball is the distance to the image's k-th nearest neighbor. Distances are
/// float64 and are computed block by block.
/// </summary>
/// <param name="Precision">
/// Fraction of the samples inside the manifold of the reference: how plausible they are.
/// </param>
/// <param name="Recall">
/// Fraction of the reference inside the manifold of the samples: how much of it they cover.
/// </param>
public readonly record struct PrecisionRecall(double Precision, double Recall)
{
    private const int BlockRows = 1000;

    /// <summary>Compares samples [N, D] with reference images [M, D].</summary>
    /// <param name="reference_MD">Features of the reference images.</param>
    /// <param name="samples_ND">Features of the samples.</param>
    /// <param name="neighbors">k; the ADM evaluator uses 3.</param>
    public static PrecisionRecall Between(Tensor reference_MD, Tensor samples_ND, int neighbors = 3)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor reference = reference_MD.detach().cpu().to(ScalarType.Float64);
        Tensor samples = samples_ND.detach().cpu().to(ScalarType.Float64);
        return new PrecisionRecall(
            FractionInside(samples, reference, Radii(reference, neighbors)),
            FractionInside(reference, samples, Radii(samples, neighbors)));
    }

    /// <summary>
    /// Gives the squared distance to the k-th neighbor. It is the (k+1)-th smallest distance, because the smallest is
    /// that of the image to itself.
    /// </summary>
    private static Tensor Radii(Tensor features_ND, int neighbors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(neighbors, features_ND.shape[0]);
        return cat([.. Blocks(features_ND).Select(block_BD =>
        {
            using var scope = NewDisposeScope();
            Tensor distances_BN = SquaredDistances(block_BD, features_ND);
            (Tensor nearest_BK, _) = distances_BN.topk(neighbors + 1, dim: 1, largest: false);
            return nearest_BK.amax([1]).MoveToOuterDisposeScope();
        })]);
    }

    private static double FractionInside(Tensor queries_ND, Tensor centers_MD, Tensor radii_M)
    {
        long inside = 0;
        foreach (Tensor block_BD in Blocks(queries_ND))
        {
            using var scope = NewDisposeScope();
            inside += SquaredDistances(block_BD, centers_MD).le(radii_M).any(1).sum().item<long>();
        }
        return inside / (double)queries_ND.shape[0];
    }

    private static Tensor SquaredDistances(Tensor a_BD, Tensor b_MD)
    {
        Tensor cross_BM = a_BD.matmul(b_MD.t());
        Tensor a_B1 = a_BD.Squared().sum([1], keepdim: true), b_M = b_MD.Squared().sum([1]);
        return a_B1.Plus(b_M) - cross_BM.Times(2);
    }

    private static IEnumerable<Tensor> Blocks(Tensor features_ND)
    {
        long count = features_ND.shape[0];
        for (long first = 0; first < count; first += BlockRows)
            yield return features_ND.narrow(0, first, Math.Min(BlockRows, count - first));
    }
}
