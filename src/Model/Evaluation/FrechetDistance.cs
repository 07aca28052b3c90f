using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// The Frechet distance between two sets of images, each taken as a normal distribution of features: ‖μ₁ − μ₂‖² + Tr Σ₁
/// + Tr Σ₂ − 2 Tr (Σ₁Σ₂)^½ (Heusel et al., 2017). It may be called "FID" only on the pool features of the Inception
/// network of 2015 with the reference of the ADM suite. On any other network it has to be named after that network.
/// Small samples make it larger, so distances with different numbers of samples cannot be compared.
/// </summary>
public static class FrechetDistance
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>Computes the distance; 0 for equal statistics.</summary>
    /// <exception cref="Data.StarlingException">A side has fewer than 2 images.</exception>
    public static double Between(FeatureStatistics a, FeatureStatistics b)
    {
        if (a.Dimensions != b.Dimensions)
            throw new ArgumentException($"{b.Dimensions} features instead of {a.Dimensions}", nameof(b));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // The covariance of fewer images has a smaller rank, and so a smaller factor.
        (FeatureStatistics few, FeatureStatistics many) = a.Count <= b.Count ? (a, b) : (b, a);
        Tensor fewCovariance = few.Covariance(), manyCovariance = many.Covariance();
        double means = (a.Mean() - b.Mean()).Squared().sum().item<double>();
        double traces = fewCovariance.trace().item<double>() + manyCovariance.trace().item<double>();
        return Math.Max(0, means + traces - 2 * TraceOfRoot(fewCovariance, manyCovariance));
    }

    /// <summary>
    /// Computes Tr (AB)^½ = Σ √λ over the eigenvalues λ of FᵀBF, where A = FFᵀ. F leaves out the null space of A. With
    /// fewer images than features, the eigenvalues there are rounding noise around 0, and their square roots would not
    /// be small.
    /// </summary>
    private static double TraceOfRoot(Tensor a_DD, Tensor b_DD)
    {
        (Tensor values_D, Tensor vectors_DD) = linalg.eigh(a_DD);
        Tensor factor_DR = Factor(values_D, vectors_DD);
        if (factor_DR.numel() == 0) return 0;
        Tensor product_RR = factor_DR.t().matmul(b_DD).matmul(factor_DR);
        // Rounding makes the product a little asymmetric.
        Tensor eigenvalues_R = linalg.eigvalsh(product_RR.Plus(product_RR.t()).Times(0.5));
        return eigenvalues_R.AtLeast(0).sqrt().sum().item<double>();
    }

    private static Tensor Factor(Tensor values_D, Tensor vectors_DD)
    {
        double largest = values_D.max().item<double>();
        using TorchSharp.Scalar tolerance = Scalars.Make(Math.Max(largest, 0) * values_D.numel() * MachineEpsilon);
        Tensor kept = values_D.gt(tolerance).nonzero().squeeze(1);
        return vectors_DD.index_select(1, kept) * values_D.index_select(0, kept).sqrt();
    }
}
