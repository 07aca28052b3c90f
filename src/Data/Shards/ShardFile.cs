using Parquet;

namespace Starling.Data.Shards;

/// <summary>The contents of one shard's footer, and the smallest and largest labels of its row groups.</summary>
internal sealed record ShardFile(string Path, IReadOnlyList<string>? ClassNames, IReadOnlyList<ShardFile.Group> Groups)
{
    /// <summary>One row group. Its labels are read from the column only if the footer has no statistics.</summary>
    public sealed record Group(int Rows, long Bytes, long MinLabel, long MaxLabel);

    /// <summary>Opens a shard and reads its footer.</summary>
    /// <exception cref="StarlingException">
    /// The file cannot be read as Parquet, or does not have the columns of a shard.
    /// </exception>
    public static async Task<ShardFile> OpenAsync(string file)
    {
        try
        {
            await using FileStream stream = File.OpenRead(file);
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
            ShardColumns columns = ShardColumns.Find(reader.Schema, file);
            List<Group> groups = [];
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                groups.Add(await SummarizeAsync(group, columns));
            }
            return new ShardFile(file, ClassLabels.Parse(reader.CustomMetadata, file), groups);
        }
        catch (Exception e) when (e is not StarlingException)
        {
            throw new StarlingException($"{file}: damaged or unreadable Parquet file ({e.Message})", e);
        }
    }

    /// <summary>Finds the first row whose label is outside the classes, and throws.</summary>
    /// <exception cref="StarlingException">There is such a row. The message names file, row and value.</exception>
    public static async Task FindBadLabelAsync(RowGroupInfo info, int classes)
    {
        await using FileStream stream = File.OpenRead(info.File);
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(info.Index);
        long?[] labels = await RowGroupReader.ReadLabelsAsync(group, ShardColumns.Find(reader.Schema, info.File).Label);
        for (int row = 0; row < labels.Length; row++) _ = RowGroupReader.Check(info, row, labels[row], classes);
    }

    private static async Task<Group> SummarizeAsync(ParquetRowGroupReader group, ShardColumns columns)
    {
        // Both casts are checked, because a damaged footer may say that there are billions of rows or less than none.
        int rows = checked((int)(uint)group.RowCount);
        long bytes = group.GetMetadata(columns.Image)?.MetaData?.TotalUncompressedSize ?? 0;
        if (rows == 0) return new Group(0, 0, 0, 0);
        if (group.GetStatistics(columns.Label) is { MinValue: { } min, MaxValue: { } max, NullCount: 0 })
            return new Group(rows, bytes, Convert.ToInt64(min, null), Convert.ToInt64(max, null));
        long?[] labels = await RowGroupReader.ReadLabelsAsync(group, columns.Label);
        // A null counts as -1. That is outside the classes, so FindBadLabelAsync will find the row and name it.
        return new Group(rows, bytes, labels.Min(label => label ?? -1), labels.Max(label => label ?? -1));
    }
}
