// Shapes: b images, M views, T codes, N = b·M sequences.
using Starling.Model.SelfGuided;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>A micro-batch in the form that the networks take: each view of an image is one sequence.</summary>
/// <param name="Codes_NT">Codes, int64 [N, T], ordered by image, then by view.</param>
/// <param name="Labels_N">Class of each sequence, int64 [N]; the null class where the class is dropped.</param>
/// <param name="Images">b, the number of images.</param>
public sealed record SequenceBatch(Tensor Codes_NT, Tensor Labels_N, int Images)
{
    /// <summary>
    /// Makes a micro-batch of the images [first, first + count) of a replica, with the first <paramref name="views"/>
    /// views of each. Student and teacher make theirs from the same draws, so both drop the class of the same images.
    /// </summary>
    public static SequenceBatch Of(ReplicaTokens replica, int first, int count, int views, TrainStepOptions options,
        IStepDraws draws, int nullClass)
    {
        Tensor codes_bST = replica.Codes_bMT.narrow(0, first, count).narrow(1, 0, views);
        int firstInBatch = replica.Replica * options.Training.ReplicaImages;
        long[] labels = new long[count * views];
        for (int image = 0; image < count; image++)
        {
            bool dropped = draws.DropsClass(firstInBatch + first + image, options.Model.ClassDropout);
            labels.AsSpan(image * views, views).Fill(dropped ? nullClass : replica.Labels[first + image]);
        }
        return new SequenceBatch(
            codes_bST.reshape(count * views, -1), tensor(labels, device: codes_bST.device), count);
    }

    /// <summary>The networks' input: all codes but the last, [N, T−1].</summary>
    public Tensor Inputs => Codes_NT.narrow(1, 0, Codes_NT.shape[1] - 1);
}
