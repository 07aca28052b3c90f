using Starling.Actors.Runs;
using Starling.Data.Batches;
using Starling.Data.Shards;
using Starling.Model.Images;

namespace Starling.Actors.Commands.Assets;

/// <summary>Makes batches for the trainings of one network on one thread.</summary>
internal static class TrainingImages
{
    /// <summary>Returns an endless sequence of batches from step 0 on, each with the classes of its images.</summary>
    /// <param name="data">The images and their crops.</param>
    /// <param name="batch">Number of images in a step.</param>
    /// <param name="seed">Seed of the order and the crops.</param>
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
