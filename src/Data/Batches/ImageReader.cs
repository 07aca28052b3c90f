using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>
/// Reads the samples of a split once each, in id order and without augmentation, for evaluation. Undecodable images
/// are left out and listed.
/// </summary>
/// <param name="split">The samples.</param>
/// <param name="size">Side of the centre crop in pixels.</param>
/// <param name="decoder">Null: <see cref="ImageDecoder.Default"/>.</param>
/// <param name="most">Most samples to read, chosen by <see cref="EvenChoice"/>; 0 for all.</param>
public sealed class ImageReader(SampleSplit split, int size, IImageDecoder? decoder = null, int most = 0)
{
    private readonly List<BadImage> _bad = [];

    /// <summary>Images of the last pass that could not be decoded.</summary>
    public IReadOnlyList<BadImage> Bad => _bad;

    /// <summary>
    /// Reads the images lazily, one row group after another, on the calling thread. Clears <see cref="Bad"/> first.
    /// </summary>
    /// <exception cref="StarlingException">A shard is damaged.</exception>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public IEnumerable<DecodedImage> ReadAll()
    {
        _bad.Clear();
        HashSet<long>? chosen = most == 0 ? null : [.. EvenChoice.Of(split.Total, most)];
        long before = 0;
        foreach (RowGroupInfo info in split.Index.RowGroups)
        {
            long[] samples = [.. split.SamplesIn(info.Id).Where((_, i) => chosen?.Contains(before + i) ?? true)];
            before += split.CountIn(info.Id);
            if (samples.Length == 0) continue;
            RowGroupData group = split.Index.Load(info.Id);
            foreach (long sample in samples)
                if (Read(group, sample) is { } image) yield return image;
        }
    }

    private DecodedImage? Read(RowGroupData group, long sample)
    {
        int row = (int)(sample - group.Info.FirstSample);
        byte[] planes = new byte[3 * size * size];
        BadImage? failed = ImageSource.TryDecode(group, row, decoder ?? ImageDecoder.Default,
            image => Crops.Center(image, size).CopyToPlanes(planes));
        if (failed is null) return new DecodedImage(sample, group.Label(row), planes);
        _bad.Add(failed);
        return null;
    }
}
