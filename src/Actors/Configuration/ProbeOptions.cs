using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>evaluation.probe</c>: a linear classifier on frozen features of the contrastive block, computed with the
/// null class (ST-AR, section 3.2 and Fig. 4). The probe is trained by
/// MAE's recipe for linear probes, with fewer epochs.
/// </summary>
public sealed record ProbeOptions
{
    /// <summary>Whether a probe is trained. The loss of held-out images does not depend on it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Largest number of reference images, evenly chosen, that the probe trains on, and of held-out images for the
    /// probe's accuracy and the held-out loss; 0 for all.
    /// </summary>
    [Range(0, 10_000_000)]
    [FormerName("pictures")]
    public int Images { get; init; }

    /// <summary>Number of passes over the training images.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 90;

    /// <summary>Number of images in a step.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 256;

    /// <summary>
    /// Number of positions along the sequence, evenly spread, at which a probe is trained (Fig. 4: 8).
    /// </summary>
    [Range(1, 4096)]
    public int Positions { get; init; } = 8;
}
