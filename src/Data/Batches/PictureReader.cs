using Starling.Data.Images;
using Starling.Data.Ordering;
using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>
/// Reads the samples of a split once each, in id order and without augmentation, for evaluation. Undecodable pictures
/// are left out and listed.
/// </summary>
/// <param name="split">The samples.</param>
/// <param name="size">Side of the centre crop in pixels.</param>
/// <param name="decoder">Null: <see cref="PictureDecoder.Default"/>.</param>
/// <param name="most">Reads no more than so many, by <see cref="EvenChoice"/>; 0 for all.</param>
public sealed class PictureReader(SampleSplit split, int size, IImageDecoder? decoder = null, int most = 0)
{
    private readonly List<BadPicture> _bad = [];

    /// <summary>Pictures of the last pass that could not be decoded.</summary>
    public IReadOnlyList<BadPicture> Bad => _bad;

    /// <summary>Reads one row group after another, on the calling thread, as the pictures are asked for.</summary>
    /// <exception cref="StarlingException">A shard is damaged.</exception>
    public IEnumerable<Picture> ReadAll()
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
                if (Read(group, sample) is { } picture) yield return picture;
        }
    }

    private Picture? Read(RowGroupData group, long sample)
    {
        int row = (int)(sample - group.Info.FirstSample);
        byte[] planes = new byte[3 * size * size];
        BadPicture? failed = PictureSource.Use(group, row, decoder ?? PictureDecoder.Default,
            picture => Crops.Center(picture, size).CopyToPlanes(planes));
        if (failed is null) return new Picture(sample, group.Label(row), planes);
        _bad.Add(failed);
        return null;
    }
}
