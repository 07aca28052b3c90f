using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Starling.Data.Shards;

/// <summary>Computes the hashes of what a row group holds: its labels, and its image files.</summary>
internal static class RowGroupHash
{
    /// <summary>
    /// Computes the SHA-256 of labels, each as an int64 in little endian. How the file encodes the column does not
    /// count.
    /// </summary>
    public static string OfLabels(IEnumerable<long> labels)
    {
        using IncrementalHash hash = Sha256.Begin();
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (long label in labels)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, label);
            hash.AppendData(bytes);
        }
        return hash.Hex();
    }

    /// <summary>Computes the SHA-256 of the labels of a row group in memory.</summary>
    public static string OfLabels(RowGroupData data) =>
        OfLabels(Enumerable.Range(0, data.Info.Rows).Select(row => (long)data.Label(row)));

    /// <summary>
    /// Computes the SHA-256 of the image files of a row group: for each row the length, as an int64 in little endian,
    /// and the bytes. The length comes first, so that bytes cannot move from one row to the next unnoticed.
    /// </summary>
    public static string OfImages(RowGroupData data)
    {
        using IncrementalHash hash = Sha256.Begin();
        Span<byte> length = stackalloc byte[sizeof(long)];
        for (int row = 0; row < data.Info.Rows; row++)
        {
            ReadOnlySpan<byte> image = data.Image(row).Span;
            BinaryPrimitives.WriteInt64LittleEndian(length, image.Length);
            hash.AppendData(length);
            hash.AppendData(image);
        }
        return hash.Hex();
    }
}
