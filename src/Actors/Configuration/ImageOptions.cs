using System.ComponentModel.DataAnnotations;
using Starling.Data.Batches;

namespace Starling.Actors.Configuration;

/// <summary>
/// The keys that the section <c>data</c> of every training has: the images, their crops, and the share held out.
/// </summary>
public abstract record ImageOptions
{
    /// <summary>The word that stands for the data set shipped with the program.</summary>
    public const string Embedded = "embedded";

    /// <summary>
    /// Parquet shards in the Hugging Face layout: paths or globs relative to the working folder, or <c>embedded</c>.
    /// The order of the shards numbers the samples and is therefore part of the training state. The matches of a glob
    /// are sorted by name.
    /// </summary>
    [MinLength(1, ErrorMessage = "must name at least one shard, glob or \"embedded\"")]
    public IReadOnlyList<string> Files { get; init; } = [Embedded];

    /// <summary>Side of the square images that a network sees, in pixels.</summary>
    [Range(8, 4096)]
    public int ImageSize { get; init; } = 64;

    /// <summary>The way in which a view is cropped from an image (ST-AR and LlamaGen: ten-crop).</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.TenCrop;

    /// <summary>
    /// For ten-crop: the image is resized to this multiple of the view before it is cropped. One of the numbers is
    /// drawn for each image.
    /// </summary>
    [MinLength(1, ErrorMessage = "must hold at least one number")]
    public IReadOnlyList<double> CropRanges { get; init; } = [1.1, 1.05];

    /// <summary>For random-resized crop: the smallest share of the image's area.</summary>
    [Range(0.01, 1.0)]
    public double MinScale { get; init; } = 0.5;

    /// <summary>Whether half of the views are mirrored. Ten-crop has mirrored crops in either case.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// Share of the samples that is kept out of training, for the probe and for validation. The samples are the same in
    /// every training with the same share.
    /// </summary>
    [Range(0.0, 0.9)]
    public double HoldOut { get; init; } = 0.1;
}
