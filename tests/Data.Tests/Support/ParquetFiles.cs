using Parquet;
using Parquet.Schema;

namespace Starling.Data.Tests.Support;

/// <summary>Writes Parquet files with any columns. Each file has one row group.</summary>
internal static class ParquetFiles
{
    public static DataField Binary(string name, bool nullable) => new DataField<ReadOnlyMemory<byte>>(name, nullable);

    public static async Task WriteAsync(
        string path, ParquetSchema schema, params Func<ParquetRowGroupWriter, Task>[] columns)
    {
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(
            schema, stream, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy });
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        foreach (Func<ParquetRowGroupWriter, Task> column in columns) await column(group);
        group.CompleteValidate();
    }

    public static Func<ParquetRowGroupWriter, Task> Column<T>(DataField field, T[] values, int[]? levels = null)
        where T : struct =>
        group => group.WriteAllPartsAsync<T>(
            field, values, levels is null ? null : new ReadOnlyMemory<int>?(levels), null, CancellationToken.None);

    public static ReadOnlyMemory<byte>[] Blobs(params byte[] firstBytes) =>
        [.. firstBytes.Select(first => new ReadOnlyMemory<byte>([first, first, first]))];
}
