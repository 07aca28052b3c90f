// Shapes: N images, P positions, D features.
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>Frozen features of labeled images at several positions of the sequence.</summary>
public sealed record ProbeSet
{
    /// <summary>Makes a set of features and labels.</summary>
    /// <param name="features_NPD">Features [N, P, D], float32.</param>
    /// <param name="labels_N">Class labels [N], int64.</param>
    public ProbeSet(Tensor features_NPD, Tensor labels_N)
    {
        if (features_NPD.dim() != 3 || labels_N.dim() != 1 || features_NPD.shape[0] != labels_N.shape[0])
            throw new ArgumentException($"features [{string.Join(", ", features_NPD.shape)}] and labels " +
                $"[{string.Join(", ", labels_N.shape)}] are not [N, P, D] and [N]");
        if (labels_N.shape[0] == 0) throw new ArgumentException("a probe needs images");
        (Features, Labels) = (features_NPD, labels_N);
    }

    /// <summary>Features [N, P, D].</summary>
    public Tensor Features { get; }

    /// <summary>Labels [N].</summary>
    public Tensor Labels { get; }

    /// <summary>Number of images.</summary>
    public int Count => (int)Labels.shape[0];

    /// <summary>
    /// Computes the accuracy of always answering the most frequent class, which is what a probe of useless features
    /// reaches.
    /// </summary>
    public double ChanceLevel()
    {
        using var scope = NewDisposeScope();
        return Labels.bincount(null).max().item<long>() / (double)Count;
    }
}
