using System.ComponentModel.DataAnnotations;

namespace Starling.Model.Evaluation;

/// <summary>
/// How a linear probe is trained: MAE's protocol, with SGD in place of LARS, because the batches here are small.
/// </summary>
public sealed record LinearProbeOptions
{
    /// <summary>Passes over the training images (MAE and ST-AR: 90).</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 90;

    /// <summary>Epochs over which the learning rate rises to its full value (MAE: 10).</summary>
    [Range(0, 10_000)]
    public int WarmupEpochs { get; init; } = 10;

    /// <summary>Images of a step; fewer if there are not as many.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Peak learning rate at a batch of 256; it is proportional to the batch (MAE: 0.1).</summary>
    [Range(1e-6, 1000)]
    public double BaseLearningRate { get; init; } = 0.1;

    /// <summary>SGD's momentum (MAE: 0.9). There is no weight decay.</summary>
    [Range(0.0, 0.999)]
    public double Momentum { get; init; } = 0.9;
}
