using System.Security.Cryptography;
using System.Text;

namespace Starling.Data;

/// <summary>SHA-256 as text: 64 lower-case hexadecimal digits.</summary>
public static class Sha256
{
    /// <summary>The hash of bytes.</summary>
    public static string HexOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static string HexOf(string text) => HexOf(Encoding.UTF8.GetBytes(text));

    /// <summary>A hash that bytes are added to piece by piece; <see cref="Hex"/> ends it.</summary>
    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of all that was added. The object is then as new.</summary>
    public static string Hex(this IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
