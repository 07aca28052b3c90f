using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Starling.Data.Shards;

/// <summary>
/// The end of a Parquet file. It tells a whole file from a truncated one, and one file from another.
/// </summary>
/// <param name="FileLength">Length of the file in bytes.</param>
/// <param name="Bytes">The footer (Thrift metadata), without the length and the mark behind it.</param>
internal sealed record ShardFooter(long FileLength, byte[] Bytes)
{
    private const int TailLength = 8, HeadLength = 4;

    private static ReadOnlySpan<byte> Mark => "PAR1"u8;

    /// <summary>Reads the footer of a file.</summary>
    /// <exception cref="StarlingException">
    /// The file is missing, cannot be read, is no Parquet file, or was cut short.
    /// </exception>
    public static ShardFooter Read(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            Span<byte> head = stackalloc byte[HeadLength], tail = stackalloc byte[TailLength];
            if (stream.Length < HeadLength + TailLength)
                throw new StarlingException($"{file}: {stream.Length} bytes are no Parquet file; copy the shard again");
            stream.ReadExactly(head);
            if (!head.SequenceEqual(Mark))
                throw new StarlingException($"{file}: not a Parquet file (it does not begin with PAR1)");
            stream.Seek(-TailLength, SeekOrigin.End);
            stream.ReadExactly(tail);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
            if (!tail[4..].SequenceEqual(Mark) || length > stream.Length - HeadLength - TailLength)
                throw new StarlingException(
                    $"{file}: truncated Parquet file (no footer at its end); copy the shard again");
            byte[] bytes = new byte[length];
            stream.Seek(-TailLength - length, SeekOrigin.End);
            stream.ReadExactly(bytes);
            return new ShardFooter(stream.Length, bytes);
        }
        catch (Exception e) when (e.IsAbsence())
        {
            throw new StarlingException($"{file}: no such shard; check the path in the data configuration", e);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{file}: cannot be read ({e.Message})", e);
        }
    }

    /// <summary>
    /// Adds the file's length (int64, little endian), the footer's length (likewise) and the footer to a hash.
    /// </summary>
    public void AppendTo(IncrementalHash hash)
    {
        Span<byte> lengths = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(lengths, FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(lengths[8..], Bytes.Length);
        hash.AppendData(lengths);
        hash.AppendData(Bytes);
    }
}
