using Parquet;
using Parquet.Schema;

namespace Starling.Actors.Tests.Support;

/// <summary>A Parquet file with images and no label column.</summary>
internal static class LabellessShard
{
    public static async Task WriteAsync(string path)
    {
        DataField<ReadOnlyMemory<byte>> bytes = new("bytes", true);
        ParquetSchema schema = new(new StructField("image", bytes));
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAllPartsAsync<ReadOnlyMemory<byte>>(
            bytes, new ReadOnlyMemory<byte>[] { new byte[4] }, new[] { 2 }, null, CancellationToken.None);
        group.CompleteValidate();
    }
}
