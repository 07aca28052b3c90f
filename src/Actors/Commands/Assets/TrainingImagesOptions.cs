using Starling.Actors.Configuration;
using Starling.Data.Batches;

namespace Starling.Actors.Commands.Assets;

/// <summary>Section <c>data</c> of the configurations that train a tokenizer or a feature network.</summary>
public sealed record TrainingImagesOptions : ImageOptions
{
    /// <summary>Describes batches with one view of each image.</summary>
    /// <param name="batch">Number of images in a step.</param>
    /// <param name="seed">Seed of the order and the crops.</param>
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
