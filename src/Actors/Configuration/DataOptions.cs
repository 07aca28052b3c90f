using System.ComponentModel.DataAnnotations;
using Starling.Data.Batches;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>data</c>: which pictures a run trains on, in which order and how they are cropped.</summary>
public sealed record DataOptions
{
    /// <summary>The word that stands for the data set shipped with the program.</summary>
    public const string Embedded = "embedded";

    /// <summary>
    /// Parquet shards in the Hugging Face layout: paths or globs relative to the working folder, or <c>embedded</c>.
    /// Their order numbers the samples and so is part of the training state; a glob's matches are sorted by name.
    /// </summary>
    [MinLength(1, ErrorMessage = "must name at least one shard, glob or \"embedded\"")]
    public IReadOnlyList<string> Files { get; init; } = [Embedded];

    /// <summary>Side of the square pictures the tokenizer sees, in pixels.</summary>
    [Range(8, 4096)]
    public int ImageSize { get; init; } = 64;

    /// <summary>How a view is cropped from a picture (ST-AR and LlamaGen: ten-crop).</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.TenCrop;

    /// <summary>
    /// Ten-crop: how much larger than the view the picture is made first; one is drawn for each image.
    /// </summary>
    [MinLength(1, ErrorMessage = "must hold at least one number")]
    public IReadOnlyList<double> CropRanges { get; init; } = [1.1, 1.05];

    /// <summary>Random-resized crop: smallest share of the picture's area.</summary>
    [Range(0.01, 1.0)]
    public double MinScale { get; init; } = 0.5;

    /// <summary>Views are mirrored half of the time. (Ten-crop holds mirrored crops whatever this says.)</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Share of the samples kept out of training, for the probe and for validation.</summary>
    [Range(0.0, 0.9)]
    public double HoldOut { get; init; } = 0.1;

    /// <summary>Row groups that are shuffled together; more mixes better and needs more cache.</summary>
    [Range(1, 65536)]
    public int WindowRowGroups { get; init; } = 8;

    /// <summary>Memory for loaded row groups, in bytes.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Number of samples that the files hold; null to take them as they are. Catches a shard too few before a run, and
    /// stands in for the files where a dry run does not find them, as <see cref="ExpectedClasses"/> does.
    /// </summary>
    [Range(1L, long.MaxValue)]
    public long? ExpectedPictures { get; init; }

    /// <summary>Number of classes that the files hold; null to take them as they are.</summary>
    [Range(1, 1 << 20)]
    public int? ExpectedClasses { get; init; }

    /// <summary>Share of all samples that may be undecodable before the run ends.</summary>
    [Range(0.0, 1.0)]
    public double MaxBadShare { get; init; } = 0.01;

    /// <summary>Threads that decode and crop. Does not change the result.</summary>
    [Range(1, 1024)]
    public int Workers { get; init; } = 1;

    /// <summary>Replica batches prepared ahead of the trainer. Does not change the result.</summary>
    [Range(1, 4096)]
    public int Prefetch { get; init; } = 16;
}
