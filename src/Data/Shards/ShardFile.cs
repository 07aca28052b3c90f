using System.Security.Cryptography;
using System.Text;
using Parquet;

namespace Starling.Data.Shards;

/// <summary>The contents of one shard but its images: the footer, and what the label column tells.</summary>
internal sealed record ShardFile(
    string Path, ShardFooter Footer, IReadOnlyList<string>? ClassNames, IReadOnlyList<ShardFile.Group> Groups)
{
    /// <summary>One row group: its size, its smallest and largest label, and the hash of all its labels.</summary>
    public sealed record Group(int Rows, long Bytes, long MinLabel, long MaxLabel, string LabelHash);

    /// <summary>
    /// The fingerprint of the file: lower-case hex SHA-256 over a line with the version of this form, the file's length
    /// (int64, little endian), its footer's length (likewise), its footer's bytes, and the hash of each row group's
    /// labels as text.
    /// </summary>
    public string Fingerprint
    {
        get
        {
            using IncrementalHash hash = Sha256.Begin();
            hash.AppendData("starling shard 2\n"u8);
            Footer.AppendTo(hash);
            foreach (Group group in Groups) hash.AppendData(Encoding.ASCII.GetBytes(group.LabelHash));
            return hash.Hex();
        }
    }

    /// <summary>Opens a shard, and reads its footer and its labels.</summary>
    /// <exception cref="StarlingException">
    /// The file cannot be read as Parquet, or does not have the columns of a shard.
    /// </exception>
    public static async Task<ShardFile> OpenAsync(string file)
    {
        try
        {
            ShardFooter footer = ShardFooter.Read(file);
            await using FileStream stream = File.OpenRead(file);
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
            ShardColumns columns = ShardColumns.Find(reader.Schema, file);
            List<Group> groups = [];
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                groups.Add(await SummarizeAsync(group, columns));
            }
            return new ShardFile(file, footer, ClassLabels.Parse(reader.CustomMetadata, file), groups);
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
        // A null counts as -1. That is outside the classes, so FindBadLabelAsync will find the row and name it.
        long[] labels = rows == 0 ? []
            : [.. (await RowGroupReader.ReadLabelsAsync(group, columns.Label)).Select(label => label ?? -1)];
        return new Group(rows, bytes, labels.DefaultIfEmpty().Min(), labels.DefaultIfEmpty().Max(),
            RowGroupHash.OfLabels(labels));
    }
}
