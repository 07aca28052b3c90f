using Parquet;
using Parquet.Schema;

namespace Starling.Data.Shards;

/// <summary>
/// Writes shards in the layout of Hugging Face's <c>datasets</c>: <c>image</c> is a struct{bytes, path}, <c>label</c>
/// is int64, and class names are in the metadata. Pages are not compressed, because images do not shrink and plain
/// pages are read several times faster.
/// </summary>
public static class ShardWriter
{
    private static readonly DataField Bytes = new DataField<ReadOnlyMemory<byte>>("bytes", true);
    private static readonly DataField FileName = new DataField<string>("path", true);
    private static readonly DataField Label = new DataField<long>("label");

    /// <summary>Writes a file. The same rows give the same bytes.</summary>
    /// <param name="path">The file. An existing file is replaced.</param>
    /// <param name="rows">The rows, which are enumerated once.</param>
    /// <param name="classNames">Class names in label order, or null to write none.</param>
    /// <param name="rowsPerGroup">Number of rows in a row group. Groups of 8 to 16 MB are read fastest.</param>
    /// <param name="cancellation">Stops the work between two row groups. The file cannot be read then.</param>
    public static async Task WriteAsync(
        string path, IEnumerable<ShardRow> rows, IReadOnlyList<string>? classNames, int rowsPerGroup,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rowsPerGroup);
        ParquetSchema schema = new(new StructField("image", Bytes, FileName), Label);
        ParquetOptions options = new() { CompressionMethod = CompressionMethod.None };
        await using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        await using ParquetWriter writer =
            await ParquetWriter.CreateAsync(schema, stream, options, cancellationToken: cancellation);
        if (classNames is not null)
            writer.CustomMetadata = new Dictionary<string, string>
            {
                [ClassLabels.MetadataKey] = ClassLabels.Format(classNames),
            };
        foreach (ShardRow[] group in rows.Chunk(rowsPerGroup))
        {
            using ParquetRowGroupWriter output = writer.CreateRowGroup();
            await WriteGroupAsync(output, group, cancellation);
            output.CompleteValidate();
        }
    }

    private static async Task WriteGroupAsync(
        ParquetRowGroupWriter output, ShardRow[] rows, CancellationToken cancellation)
    {
        // A definition level of 2 means a value, 1 a null inside the struct. The struct itself is never null.
        ReadOnlyMemory<byte>[] images =
            [.. rows.Where(row => row.Image is not null).Select(row => new ReadOnlyMemory<byte>(row.Image))];
        ReadOnlyMemory<char>[] names =
            [.. rows.Where(row => row.FileName is not null).Select(row => row.FileName.AsMemory())];
        int[] imageLevels = [.. rows.Select(row => row.Image is null ? 1 : 2)];
        int[] nameLevels = [.. rows.Select(row => row.FileName is null ? 1 : 2)];
        long[] labels = [.. rows.Select(row => row.Label)];
        await output.WriteAllPartsAsync<ReadOnlyMemory<byte>>(Bytes, images, imageLevels, null, cancellation);
        await output.WriteAllPartsAsync<ReadOnlyMemory<char>>(FileName, names, nameLevels, null, cancellation);
        await output.WriteAllPartsAsync<long>(Label, labels, null, null, cancellation);
    }
}
