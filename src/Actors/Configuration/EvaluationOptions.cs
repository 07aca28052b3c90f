using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>evaluation</c>: the samples and measurements that are made of committed checkpoints beside the training.
/// </summary>
public sealed record EvaluationOptions
{
    /// <summary>Whether checkpoints are sampled and scored at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// The first checkpoint at or after every multiple of this number of steps is evaluated, and so is the last
    /// checkpoint; 0 for the last checkpoint only.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long EverySteps { get; init; }

    /// <summary>Number of images that are drawn for the Frechet distance.</summary>
    [Range(2, 10_000_000)]
    public int Samples { get; init; } = 1000;

    /// <summary>Number of images that are drawn at a time.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 64;

    /// <summary>Scale of classifier-free guidance; 1 for none.</summary>
    [Range(0.0, 100.0)]
    public double Cfg { get; init; } = 2.0;

    /// <summary>Each code is drawn among this number of likeliest codes; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    public int TopK { get; init; }

    /// <summary>Each code is drawn among the likeliest codes that together have this probability; 1 for all.</summary>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1.0;

    /// <summary>Divisor of the logits; 0 takes the likeliest code.</summary>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; } = 1.0;

    /// <summary>Number of images of each class on the sample grid.</summary>
    [Range(1, 1000)]
    public int PerClass { get; init; } = 8;

    /// <summary>
    /// The feature network of the Frechet distance: a safetensors file, or <c>embedded</c> for the shipped classifier.
    /// </summary>
    [Required(ErrorMessage = "must be a file or \"embedded\"")]
    public string FeatureNetwork { get; init; } = DataOptions.Embedded;

    /// <summary>
    /// Number of training images, evenly chosen, that represent the data in distance and probe; 0 for all.
    /// </summary>
    [Range(0, 10_000_000)]
    [FormerName("referencePictures")]
    public int ReferenceImages { get; init; }

    /// <summary>The linear probe on mid-layer features.</summary>
    public ProbeOptions Probe { get; init; } = new();

    /// <summary>Number of compute threads of the evaluator; 0 for one for each core.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; } = 1;
}
