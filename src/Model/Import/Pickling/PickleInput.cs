using System.Buffers.Binary;
using System.Text;
using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Import.Pickling;

/// <summary>A cursor over a pickle's bytes that never reads past their end.</summary>
internal sealed class PickleInput(ReadOnlyMemory<byte> bytes, string path)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private int _at;

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads a double, which is big-endian, unlike the integers.</summary>
    internal double Float() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    internal ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > bytes.Length - _at) throw Bad("it ends in the middle of a value");
        _at += (int)count;
        return bytes.Span.Slice(_at - (int)count, (int)count);
    }

    internal string Text(long length) => Decode(Take(length));

    internal string Line()
    {
        int length = bytes.Span[_at..].IndexOf((byte)'\n');
        if (length < 0) throw Bad("it ends in the middle of a name");
        string line = Decode(Take(length));
        _at++;
        return line;
    }

    internal StarlingException Bad(string why, Exception? inner = null) =>
        new($"{path} is not a readable PyTorch file: at byte {_at} of data.pkl {ForeignText.Clean(why)}", inner);

    private string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw Bad("a name is not valid UTF-8", e);
        }
    }
}
