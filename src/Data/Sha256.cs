using System.Security.Cryptography;
using System.Text;

namespace Starling.Data;

/// <summary>Computes SHA-256 as text of 64 lower-case hexadecimal digits.</summary>
public static class Sha256
{
    /// <summary>Computes the hash of bytes.</summary>
    public static string HexOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Computes the hash of a text's UTF-8 bytes.</summary>
    public static string HexOf(string text) => HexOf(Encoding.UTF8.GetBytes(text));

    /// <summary>Begins a hash of bytes that are added piece by piece. <see cref="Hex"/> returns the result.</summary>
    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Returns the hash of all bytes added so far, and resets the object to no bytes.</summary>
    public static string Hex(this IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
