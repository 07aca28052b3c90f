using System.Security.Cryptography;
using Starling.Data;

namespace Starling.Model.Files;

/// <summary>
/// Reads a file once from start to end and hashes the bytes that it gives out. So the bytes that are checked are the
/// very bytes that are used. Unlike CryptoStream it has a length, and the rest of the file can be hashed without using
/// it.
/// </summary>
internal sealed class HashingStream(Stream inner) : Stream
{
    private readonly IncrementalHash _hash = Sha256.Begin();
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position) throw new NotSupportedException("bytes cannot be skipped or read twice");
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        _hash.AppendData(buffer[..count]);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>
    /// Reads the rest of the file and gives the SHA-256 of the whole file: 64 lower-case hexadecimal digits.
    /// </summary>
    public string DrainAndHash()
    {
        byte[] rest = new byte[1 << 16];
        while (Read(rest) > 0)
        {
        }
        return _hash.Hex();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
