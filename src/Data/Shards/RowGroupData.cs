namespace Starling.Data.Shards;

/// <summary>One row group in memory: image files, which are not decoded yet, and their labels.</summary>
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

    /// <summary>The place of the row group.</summary>
    public RowGroupInfo Info { get; }

    /// <summary>Size of the images and labels in memory, in bytes.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Returns the image file of a row. It is empty if the row has none (a null struct or null bytes).
    /// </summary>
    public ReadOnlyMemory<byte> Image(int row) => _images[row];

    /// <summary>Returns the class of a row, which is one of the index's classes.</summary>
    public int Label(int row) => _labels[row];
}
