using Starling.Data.Batches;
using Starling.Model.Training;

namespace Starling.Actors.Configuration;

/// <summary>Converts the sections of a configuration to the options of the libraries.</summary>
public static class OptionsMapping
{
    /// <summary>Returns the options of the batches.</summary>
    public static BatchOptions ToBatchOptions(this StarlingOptions o) => new()
    {
        ImageSize = o.Data.ImageSize,
        Views = o.SelfGuided.Views,
        Augmentation = o.Data.Augmentation,
        CropRanges = o.Data.CropRanges,
        MinScale = o.Data.MinScale,
        Flip = o.Data.Flip,
        GlobalBatch = o.Training.GlobalBatch,
        Replicas = o.Training.Replicas,
        HoldOut = o.Data.HoldOut,
        Seed = o.Seed,
        WindowRowGroups = o.Data.WindowRowGroups,
        CacheBytes = o.Data.CacheBytes,
        MaxBadShare = o.Data.MaxBadShare,
    };

    /// <summary>Returns the options of a training step.</summary>
    public static TrainStepOptions ToTrainStepOptions(this StarlingOptions o) =>
        new(o.Seed, o.Model, o.SelfGuided, o.Optimizer, o.Training);
}
