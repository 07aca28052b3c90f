// Shapes: b images, M views, T codes, N = b·M sequences.
using Starling.Model.SelfGuided;
using static TorchSharp.torch;

namespace Starling.Model.Training;

/// <summary>A micro-batch as the networks take it: every view of an image is a sequence of its own.</summary>
/// <param name="Codes_NT">Codes, int64, ordered (image, view).</param>
/// <param name="Labels_N">Classes with the null class where the class is dropped, int64.</param>
/// <param name="Images">b.</param>
public sealed record SequenceBatch(Tensor Codes_NT, Tensor Labels_N, int Images)
{
    /// <summary>
    /// Images [first, first + count) of a replica with their first <paramref name="views"/> views. Student and teacher
    /// build it from the same draws, so they agree on which images have lost their class.
    /// </summary>
    public static SequenceBatch Of(ReplicaTokens replica, int first, int count, int views, TrainStepOptions options,
        IStepDraws draws, int nullClass)
    {
        Tensor codes_bST = replica.Codes_bMT.narrow(0, first, count).narrow(1, 0, views);
        int origin = replica.Replica * options.Training.ReplicaImages;
        long[] labels = new long[count * views];
        for (int image = 0; image < count; image++)
        {
            bool dropped = draws.DropsClass(origin + first + image, options.Model.ClassDropout);
            labels.AsSpan(image * views, views).Fill(dropped ? nullClass : replica.Labels[first + image]);
        }
        return new SequenceBatch(
            codes_bST.reshape(count * views, -1), tensor(labels, device: codes_bST.device), count);
    }

    /// <summary>The inputs: all codes but the last, [N, T−1].</summary>
    public Tensor Inputs => Codes_NT.narrow(1, 0, Codes_NT.shape[1] - 1);
}
