using Parquet;

namespace Starling.Data.Shards;

/// <summary>What one shard's footer says, and its smallest and largest labels.</summary>
internal sealed record ShardFile(string Path, IReadOnlyList<string>? ClassNames, IReadOnlyList<ShardFile.Group> Groups)
{
    /// <summary>A row group; labels are read from the column only where the footer has no statistics.</summary>
    public sealed record Group(int Rows, long Bytes, long MinLabel, long MaxLabel);

    /// <exception cref="StarlingException">Not readable as Parquet, or without the columns a shard needs.</exception>
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

    /// <summary>Finds the row whose label made a group's range too wide.</summary>
    /// <exception cref="StarlingException">Always, where such a row exists: names file, row and value.</exception>
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
        // Both casts are checked: a footer may claim a negative number of rows, or billions.
        int rows = checked((int)(uint)group.RowCount);
        long bytes = group.GetMetadata(columns.Image)?.MetaData?.TotalUncompressedSize ?? 0;
        if (rows == 0) return new Group(0, 0, 0, 0);
        if (group.GetStatistics(columns.Label) is { MinValue: { } min, MaxValue: { } max, NullCount: 0 })
            return new Group(rows, bytes, Convert.ToInt64(min, null), Convert.ToInt64(max, null));
        long?[] labels = await RowGroupReader.ReadLabelsAsync(group, columns.Label);
        // A null counts as -1: outside any classes, so that it is looked up and named.
        return new Group(rows, bytes, labels.Min(label => label ?? -1), labels.Max(label => label ?? -1));
    }
}
