using Starling.Actors.Runs;
using Starling.Data.Batches;
using Starling.Data.Shards;
using Starling.Model.Images;

namespace Starling.Actors.Commands.Assets;

/// <summary>Endless batches for trainings that run in one thread.</summary>
internal static class TrainingImages
{
    /// <summary>Batches from step 0 on, each with its classes.</summary>
    /// <param name="data">Which images and crops.</param>
    /// <param name="batch">Images a step.</param>
    /// <param name="seed">Seed of order and crops.</param>
    public static IEnumerable<(PixelBatch Images, IReadOnlyList<int> Labels)> Batches(
        TrainingImagesOptions data, int batch, ulong seed)
    {
        ShardIndex index = ShardIndex.Open(DataFiles.Resolve(data.Files));
        var factory = new BatchFactory(index, data.ToBatchOptions(batch, seed));
        for (long step = 0; ; step++)
        {
            ReplicaBatch made = factory.Create(step, replica: 0);
            yield return (new PixelBatch(made.Pixels, made.Images, made.Size), made.Labels);
        }
    }
}
