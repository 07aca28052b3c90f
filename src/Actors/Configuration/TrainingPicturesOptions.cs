using System.ComponentModel.DataAnnotations;
using Starling.Data.Batches;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>data</c> of the configurations that train a tokenizer or a feature network.</summary>
public sealed record TrainingPicturesOptions
{
    /// <summary>See <see cref="DataOptions.Files"/>.</summary>
    [MinLength(1, ErrorMessage = "must name at least one shard, glob or \"embedded\"")]
    public IReadOnlyList<string> Files { get; init; } = [DataOptions.Embedded];

    /// <summary>Side of the square pictures.</summary>
    [Range(8, 4096)]
    public int ImageSize { get; init; } = 64;

    /// <summary>How a picture is cropped.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.TenCrop;

    /// <summary>See <see cref="DataOptions.CropRanges"/>.</summary>
    [MinLength(1, ErrorMessage = "must hold at least one number")]
    public IReadOnlyList<double> CropRanges { get; init; } = [1.1, 1.05];

    /// <summary>See <see cref="DataOptions.MinScale"/>.</summary>
    [Range(0.01, 1.0)]
    public double MinScale { get; init; } = 0.5;

    /// <summary>See <see cref="DataOptions.Flip"/>.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// Share of the samples kept out of training; those that ST-AR training keeps out, if it is the same.
    /// </summary>
    [Range(0.0, 0.9)]
    public double HoldOut { get; init; } = 0.1;

    /// <summary>One view of each picture, in the order of <paramref name="seed"/>.</summary>
    /// <param name="batch">Pictures a step.</param>
    /// <param name="seed">Seed of order and crops.</param>
    public BatchOptions ToBatchOptions(int batch, ulong seed) => new()
    {
        ImageSize = ImageSize,
        Views = 1,
        Augmentation = Augmentation,
        CropRanges = CropRanges,
        MinScale = MinScale,
        Flip = Flip,
        GlobalBatch = batch,
        Replicas = 1,
        HoldOut = HoldOut,
        Seed = seed,
    };
}
