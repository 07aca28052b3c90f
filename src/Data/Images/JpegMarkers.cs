namespace Starling.Data.Images;

/// <summary>The JPEG byte patterns that decoding needs.</summary>
internal static class JpegMarkers
{
    /// <summary>The end-of-image marker.</summary>
    public static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    /// <summary>
    /// Tells whether a file is a JPEG by its first bytes. Names are no evidence: ImageNet has a PNG called .JPEG.
    /// </summary>
    public static bool StartsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);
}
