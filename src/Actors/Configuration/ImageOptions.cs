using System.ComponentModel.DataAnnotations;
using Starling.Data.Batches;

namespace Starling.Actors.Configuration;

/// <summary>
/// What every training's section <c>data</c> says: which images, how they are cropped, what is held out.
/// </summary>
public abstract record ImageOptions
{
    /// <summary>The word that stands for the data set shipped with the program.</summary>
    public const string Embedded = "embedded";

    /// <summary>
    /// Parquet shards in the Hugging Face layout: paths or globs relative to the working folder, or <c>embedded</c>.
    /// Their order numbers the samples and so is part of the training state; a glob's matches are sorted by name.
    /// </summary>
    [MinLength(1, ErrorMessage = "must name at least one shard, glob or \"embedded\"")]
    public IReadOnlyList<string> Files { get; init; } = [Embedded];

    /// <summary>Side of the square images a network sees, in pixels.</summary>
    [Range(8, 4096)]
    public int ImageSize { get; init; } = 64;

    /// <summary>How a view is cropped from an image (ST-AR and LlamaGen: ten-crop).</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.TenCrop;

    /// <summary>
    /// Ten-crop: how much larger than the view the image is made first; one is drawn for each image.
    /// </summary>
    [MinLength(1, ErrorMessage = "must hold at least one number")]
    public IReadOnlyList<double> CropRanges { get; init; } = [1.1, 1.05];

    /// <summary>Random-resized crop: smallest share of the image's area.</summary>
    [Range(0.01, 1.0)]
    public double MinScale { get; init; } = 0.5;

    /// <summary>Views are mirrored half of the time. (Ten-crop holds mirrored crops whatever this says.)</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// Share of the samples kept out of training, for the probe and for validation: the same ones in every training
    /// that has the same share.
    /// </summary>
    [Range(0.0, 0.9)]
    public double HoldOut { get; init; } = 0.1;
}
