using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>evaluation.probe</c>: a linear classifier on frozen features of the contrastive layer with the null class
/// (ST-AR, section 3.2 and Fig. 4; MAE's protocol, scaled down).
/// </summary>
public sealed record ProbeOptions
{
    /// <summary>False leaves the probe out.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Most images it trains on, evenly chosen among the reference images, and most held-out images it is tried
    /// on; 0 for all.
    /// </summary>
    [Range(0, 10_000_000)]
    [FormerName("pictures")]
    public int Images { get; init; }

    /// <summary>Passes over the training images.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 90;

    /// <summary>Images a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 256;

    /// <summary>Positions along the sequence at which a probe is trained, uniformly chosen (Fig. 4: 8).</summary>
    [Range(1, 4096)]
    public int Positions { get; init; } = 8;
}
