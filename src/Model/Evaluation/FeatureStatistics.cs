// Shapes: N images, D features.
using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Mean and covariance of the features of many images, gathered batch by batch in float64. They are updated after Chan,
/// Golub and LeVeque, which loses no digits as sums of squares do. The order of the batches changes only the last
/// digits; the same order gives the same bits. Belongs to no dispose scope; the owner disposes it.
/// </summary>
public sealed class FeatureStatistics : IDisposable
{
    private readonly Tensor _mean_D;
    private readonly Tensor _scatter_DD;

    /// <summary>Makes statistics of no images.</summary>
    /// <param name="dimensions">D, the number of features of an image.</param>
    public FeatureStatistics(long dimensions)
    {
        _mean_D = zeros(dimensions, ScalarType.Float64).DetachFromDisposeScope();
        _scatter_DD = zeros(dimensions, dimensions, ScalarType.Float64).DetachFromDisposeScope();
    }

    /// <summary>D, the number of features of an image.</summary>
    public long Dimensions => _mean_D.shape[0];

    /// <summary>Number of images so far.</summary>
    public long Count { get; private set; }

    /// <summary>Makes statistics from stored numbers: count, mean [D] and scatter [D, D], both float64.</summary>
    internal static FeatureStatistics Restore(long count, Tensor mean_D, Tensor scatter_DD)
    {
        using var noGrad = no_grad();
        FeatureStatistics statistics = new(mean_D.shape[0]) { Count = count };
        statistics._mean_D.copy_(mean_D);
        statistics._scatter_DD.copy_(scatter_DD);
        return statistics;
    }

    /// <summary>Computes the statistics of one set of features [N, D].</summary>
    /// <exception cref="StarlingException">A feature is not a finite number.</exception>
    public static FeatureStatistics Of(Tensor features_ND)
    {
        FeatureStatistics statistics = new(features_ND.shape[^1]);
        statistics.Add(features_ND);
        return statistics;
    }

    /// <summary>Adds a batch of features [N, D] of any float type and on any device.</summary>
    /// <exception cref="StarlingException">A feature is not a finite number.</exception>
    public void Add(Tensor features_ND)
    {
        if (features_ND.dim() != 2 || features_ND.shape[1] != Dimensions)
            throw new ArgumentException($"features of shape [{string.Join(", ", features_ND.shape)}] instead of " +
                $"[N, {Dimensions}]", nameof(features_ND));
        if (features_ND.shape[0] == 0) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x_ND = features_ND.detach().cpu().to(ScalarType.Float64);
        if (!x_ND.isfinite().all().item<bool>())
            throw new StarlingException(
                "the feature network gave a value that is not a finite number: check the images and its weights");
        Tensor mean_D = x_ND.mean([0]), centered_ND = x_ND - mean_D;
        Merge(x_ND.shape[0], mean_D, centered_ND.t().matmul(centered_ND));
    }

    /// <summary>Adds the images of <paramref name="next"/>, as if its batches were added here.</summary>
    public void Merge(FeatureStatistics next)
    {
        if (next.Dimensions != Dimensions)
            throw new ArgumentException($"{next.Dimensions} features instead of {Dimensions}", nameof(next));
        if (next.Count == 0) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Merge(next.Count, next._mean_D, next._scatter_DD);
    }

    /// <summary>Gives a copy of the mean [D], float64, in the caller's dispose scope.</summary>
    public Tensor Mean() => _mean_D.clone();

    /// <summary>
    /// Computes the covariance [D, D] with N − 1 in the denominator, float64, in the caller's dispose scope.
    /// </summary>
    public Tensor Covariance() => Count > 1
        ? _scatter_DD.Times(1.0 / (Count - 1))
        : throw new StarlingException($"a covariance needs at least 2 images, there are {Count}");

    /// <summary>
    /// Gives a copy of the sum over the images of (x − mean)(x − mean)ᵀ, [D, D], in the caller's dispose scope.
    /// </summary>
    internal Tensor Scatter() => _scatter_DD.clone();

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean_D.Dispose();
        _scatter_DD.Dispose();
    }

    private void Merge(long count, Tensor mean_D, Tensor scatter_DD)
    {
        double total = Count + count;
        Tensor delta_D = mean_D - _mean_D;
        _scatter_DD.PlusInPlace(scatter_DD).PlusInPlace(delta_D.outer(delta_D).Times(Count * (count / total)));
        _mean_D.PlusInPlace(delta_D.Times(count / total));
        Count += count;
    }
}
