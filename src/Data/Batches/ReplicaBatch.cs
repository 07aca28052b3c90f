namespace Starling.Data.Batches;

/// <summary>One logical replica's share of a step: B/L images with M views each.</summary>
public sealed class ReplicaBatch
{
    /// <summary>The step, from 0.</summary>
    public required long Step { get; init; }

    /// <summary>The epoch that the step belongs to, from 0.</summary>
    public required long Epoch { get; init; }

    /// <summary>The replica, 0..L-1.</summary>
    public required int Replica { get; init; }

    /// <summary>
    /// Sample ids (B/L) of the images in the batch. Where a sample was replaced, the id is that of the replacement.
    /// </summary>
    public required long[] SampleIds { get; init; }

    /// <summary>Classes (B/L).</summary>
    public required int[] Labels { get; init; }

    /// <summary>Pixels (B/L, M, 3, H, W), 0..255.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>B/L, images.</summary>
    public int Images => SampleIds.Length;

    /// <summary>M, views of each image.</summary>
    public required int Views { get; init; }

    /// <summary>H = W, in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Samples of this share that could not be decoded and were replaced; usually empty.</summary>
    public required IReadOnlyList<BadImage> Bad { get; init; }

    /// <summary>Gets the planes (3, H, W) of one view of one image.</summary>
    public ReadOnlySpan<byte> View(int image, int view)
    {
        int length = 3 * Size * Size;
        return Pixels.AsSpan(((image * Views) + view) * length, length);
    }
}
