using Parquet.Schema;

namespace Starling.Data.Shards;

/// <summary>
/// The two columns that a shard must have. <c>image</c> is a struct with a binary field <c>bytes</c>, as Hugging Face
/// writes images, or a plain binary column. <c>label</c> is int64 or int32.
/// </summary>
internal sealed record ShardColumns(DataField Image, DataField Label)
{
    /// <summary>Finds the columns in a file's schema.</summary>
    /// <exception cref="StarlingException">
    /// A column is missing, and the message names those that are there; or a column has another type.
    /// </exception>
    public static ShardColumns Find(ParquetSchema schema, string file)
    {
        DataField image = Column(schema, file, "image") switch
        {
            StructField parts => parts.Fields.OfType<DataField>().FirstOrDefault(field => field.Name == "bytes")
                ?? throw new StarlingException(
                    $"{file}: the column 'image' has no field 'bytes' (it has {Names(parts.Fields)})"),
            DataField plain => plain,
            _ => throw new StarlingException($"{file}: the column 'image' is neither binary nor a struct with 'bytes'"),
        };
        if (image.ClrType != typeof(byte[]) && image.ClrType != typeof(ReadOnlyMemory<byte>))
            throw new StarlingException($"{file}: the images in 'image' are {image.ClrType.Name}, not binary");
        if (image.MaxRepetitionLevel > 0) throw new StarlingException($"{file}: the column 'image' is a list");

        if (Column(schema, file, "label") is not DataField { MaxRepetitionLevel: 0 } label
            || (label.ClrType != typeof(long) && label.ClrType != typeof(int)))
            throw new StarlingException($"{file}: the column 'label' must be int64 or int32");
        return new ShardColumns(image, label);
    }

    private static Field Column(ParquetSchema schema, string file, string name) =>
        schema.Fields.FirstOrDefault(field => field.Name == name) ?? throw new StarlingException(
            $"{file}: no column '{name}' (there are: {Names(schema.Fields)}); a shard needs 'image' and 'label'");

    private static string Names(IEnumerable<Field> fields) => string.Join(", ", fields.Select(field => field.Name));
}
