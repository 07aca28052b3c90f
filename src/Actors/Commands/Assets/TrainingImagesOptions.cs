using Starling.Actors.Configuration;
using Starling.Data.Batches;

namespace Starling.Actors.Commands.Assets;

/// <summary>Section <c>data</c> of the configurations that train a tokenizer or a feature network.</summary>
public sealed record TrainingImagesOptions : ImageOptions
{
    /// <summary>One view of each image, in the order of <paramref name="seed"/>.</summary>
    /// <param name="batch">Images a step.</param>
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
