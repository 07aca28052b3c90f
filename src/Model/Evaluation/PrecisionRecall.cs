// Shapes: N images of one set, M of the other, D features.
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Improved precision and recall (Kynkäänniemi et al., 2019): each set's manifold is the union of balls around its
/// images' features, each reaching to the k-th nearest neighbour. Distances are float64, computed block by block.
/// </summary>
/// <param name="Precision">Share of the samples inside the reference's manifold: how plausible they are.</param>
/// <param name="Recall">Share of the reference inside the samples' manifold: how much of it they cover.</param>
public readonly record struct PrecisionRecall(double Precision, double Recall)
{
    private const int BlockRows = 1000;

    /// <summary>Compares samples [N, D] with reference images [M, D].</summary>
    /// <param name="reference_MD">Features of the reference images.</param>
    /// <param name="samples_ND">Features of the samples.</param>
    /// <param name="neighbours">k; the ADM evaluator uses 3.</param>
    public static PrecisionRecall Between(Tensor reference_MD, Tensor samples_ND, int neighbours = 3)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor reference = reference_MD.detach().cpu().to(ScalarType.Float64);
        Tensor samples = samples_ND.detach().cpu().to(ScalarType.Float64);
        return new PrecisionRecall(
            ShareInside(samples, reference, Radii(reference, neighbours)),
            ShareInside(reference, samples, Radii(samples, neighbours)));
    }

    /// <summary>Squared distance to the k-th neighbour: the (k+1)-th smallest, as the image itself is one.</summary>
    private static Tensor Radii(Tensor features_ND, int neighbours)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(neighbours, features_ND.shape[0]);
        return cat([.. Blocks(features_ND).Select(block_BD =>
        {
            using var scope = NewDisposeScope();
            Tensor distances_BN = SquaredDistances(block_BD, features_ND);
            (Tensor nearest_BK, _) = distances_BN.topk(neighbours + 1, dim: 1, largest: false);
            return nearest_BK.amax([1]).MoveToOuterDisposeScope();
        })]);
    }

    private static double ShareInside(Tensor queries_ND, Tensor centres_MD, Tensor radii_M)
    {
        long inside = 0;
        foreach (Tensor block_BD in Blocks(queries_ND))
        {
            using var scope = NewDisposeScope();
            inside += SquaredDistances(block_BD, centres_MD).le(radii_M).any(1).sum().item<long>();
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
