using System.Runtime.ExceptionServices;
using Parquet;
using Parquet.Schema;

namespace Starling.Data.Shards;

/// <summary>
/// Reads row groups with Parquet.Net's raw API. Each call opens the file anew: two readers on one stream would read
/// garbage, and opening takes little time beside reading the group. The library's overload for <c>byte[]</c> is not
/// used, because it misaligns rows: behind a row with a null struct, images get another row's label.
/// </summary>
internal static class RowGroupReader
{
    private static readonly ReadOnlyMemory<byte> NoImage = ReadOnlyMemory<byte>.Empty;

    /// <summary>Reads images and labels of one row group.</summary>
    /// <param name="info">The place of the row group.</param>
    /// <param name="classes">Number of classes of the data set.</param>
    /// <param name="open">Opens a file for reading; null for <see cref="File.OpenRead"/>.</param>
    /// <exception cref="StarlingException">
    /// The row group is damaged, or has a label outside the classes. What the disk refuses, or the memory, is thrown as
    /// it is: it says nothing about the file, and may pass.
    /// </exception>
    public static RowGroupData Load(RowGroupInfo info, int classes, Func<string, Stream>? open = null) =>
        Blocking.Run(() => LoadAsync(info, classes, open ?? File.OpenRead));

    private static async Task<RowGroupData> LoadAsync(RowGroupInfo info, int classes, Func<string, Stream> open)
    {
        ShardColumns columns;
        ReadOnlyMemory<byte>?[] images;
        long?[] labels;
        await using ShardStream stream = new(open(info.File));
        try
        {
            await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
            columns = ShardColumns.Find(reader.Schema, info.File);
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(info.Index);
            if (group.RowCount != info.Rows)
                throw new StarlingException($"{info.File}: changed since it was opened; start the run again");
            images = await ReadAsync<ReadOnlyMemory<byte>>(group, columns.Image);
            labels = await ReadLabelsAsync(group, columns.Label);
        }
        catch (Exception) when (stream.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
            throw;
        }
        catch (Exception e) when (e is not (StarlingException or OutOfMemoryException))
        {
            throw new StarlingException(
                $"{info.File}: row group {info.Index} is damaged ({e.Message}); copy the shard again", e);
        }
        return new RowGroupData(info, [.. images.Select(image => image ?? NoImage)],
            [.. labels.Select((label, row) => Check(info, row, label, classes))]);
    }

    /// <summary>Reads the label column as it is stored, with null for a row without a label.</summary>
    public static async Task<long?[]> ReadLabelsAsync(ParquetRowGroupReader group, DataField field) =>
        field.ClrType == typeof(long)
            ? await ReadAsync<long>(group, field)
            : [.. (await ReadAsync<int>(group, field)).Select(label => (long?)label)];

    /// <summary>Returns a label as an int if it is one of the classes.</summary>
    /// <exception cref="StarlingException">
    /// The label is null, negative or too large. The message names file, row and value.
    /// </exception>
    public static int Check(RowGroupInfo info, int row, long? label, int classes)
    {
        if (label >= 0 && label < classes) return (int)label.Value;
        string value = label is null ? "null" : $"{label}";
        throw new StarlingException($"{info.Describe(row)}: label {value} is outside the {classes} classes "
            + $"(0..{classes - 1}); correct the shard or the number of classes");
    }

    // A column's values come packed, without nulls. A row whose definition level is below the largest has no value.
    private static async Task<T?[]> ReadAsync<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        int rows = (int)group.RowCount, present = field.MaxDefinitionLevel;
        T[] values = new T[rows];
        int[] levels = new int[rows];
        // With `present > 0 ? levels : null`, null would become an empty Memory, which is a buffer too small for
        // levels.
        Memory<int>? wanted = null;
        if (present > 0) wanted = levels;
        await group.ReadRawAsync<T>(field, values, wanted, null);
        T?[] result = new T?[rows];
        for (int row = 0, next = 0; row < rows; row++)
            if (present == 0 || levels[row] == present) result[row] = values[next++];
        return result;
    }
}
