namespace Starling.Data.Shards;

/// <summary>One row group in memory: the undecoded image files and their labels.</summary>
public sealed class RowGroupData
{
    private readonly ReadOnlyMemory<byte>[] _images;
    private readonly int[] _labels;

    internal RowGroupData(RowGroupInfo info, ReadOnlyMemory<byte>[] images, int[] labels)
    {
        Info = info;
        _images = images;
        _labels = labels;
        Bytes = images.Sum(image => (long)image.Length) + (labels.Length * 4L);
    }

    /// <summary>Which row group this is.</summary>
    public RowGroupInfo Info { get; }

    /// <summary>Bytes it holds in memory, for the cache's budget.</summary>
    public long Bytes { get; }

    /// <summary>The image file of a row; empty where the row has none (a null struct or null bytes).</summary>
    public ReadOnlyMemory<byte> Image(int row) => _images[row];

    /// <summary>The class of a row, within the index's classes.</summary>
    public int Label(int row) => _labels[row];
}
