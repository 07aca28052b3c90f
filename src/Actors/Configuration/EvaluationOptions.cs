using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>evaluation</c>: what is sampled and measured on committed checkpoints, beside the training.
/// </summary>
public sealed record EvaluationOptions
{
    /// <summary>False leaves out sampling and scores altogether.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Evaluates the first checkpoint at or after every multiple of this; 0 for the last checkpoint only.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long EverySteps { get; init; }

    /// <summary>Images drawn for the Frechet distance.</summary>
    [Range(2, 10_000_000)]
    public int Samples { get; init; } = 1000;

    /// <summary>Images drawn at a time.</summary>
    [Range(1, 65536)]
    public int Batch { get; init; } = 64;

    /// <summary>Scale of classifier-free guidance; 1 for none.</summary>
    [Range(0.0, 100.0)]
    public double Cfg { get; init; } = 2.0;

    /// <summary>Draws among the so many likeliest codes; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    public int TopK { get; init; }

    /// <summary>Draws among the likeliest codes that hold this probability together; 1 for all.</summary>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1.0;

    /// <summary>Divides the logits; 0 takes the likeliest code.</summary>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; } = 1.0;

    /// <summary>Images of each class on the sample grid.</summary>
    [Range(1, 1000)]
    public int PerClass { get; init; } = 8;

    /// <summary>
    /// Features of the Frechet distance: a safetensors file, or <c>embedded</c> for the shipped classifier.
    /// </summary>
    [Required(ErrorMessage = "must be a file or \"embedded\"")]
    public string FeatureNetwork { get; init; } = DataOptions.Embedded;

    /// <summary>
    /// Training images that stand for the data, evenly chosen, in distance and probe; 0 for all.
    /// </summary>
    [Range(0, 10_000_000)]
    [FormerName("referencePictures")]
    public int ReferenceImages { get; init; }

    /// <summary>The linear probe on mid-layer features.</summary>
    public ProbeOptions Probe { get; init; } = new();

    /// <summary>Compute threads of the evaluator; 0 for one a core.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; } = 1;
}
