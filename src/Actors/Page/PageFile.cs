using System.Security.Cryptography;

namespace Starling.Actors.Page;

/// <summary>A file of the page, in memory.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">By which a browser asks whether the file it has is still the newest.</param>
/// <param name="Bytes">The contents.</param>
internal sealed record PageFile(string ContentType, string ETag, byte[] Bytes)
{
    /// <summary>Makes a file, whose tag is a hash of its contents.</summary>
    public static PageFile Of(string contentType, byte[] bytes) =>
        new(contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"", bytes);

    /// <summary>Reads a file that is embedded in the program.</summary>
    public static PageFile Embedded(string contentType, string name)
    {
        using Stream stream = typeof(PageFile).Assembly.GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"the program has no file {name}");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Of(contentType, bytes);
    }
}
