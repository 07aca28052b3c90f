namespace Starling.Data.Images;

/// <summary>
/// Decodes JPEG with the system's libturbojpeg, about twice as fast as Skia and to the same pixels. It refuses damaged
/// and cut-off files and CMYK, whose conversion libturbojpeg leaves to its caller. <see cref="ImageDecoder"/> gives
/// these to Skia.
/// </summary>
public sealed class TurboJpegDecoder : IImageDecoder
{
    private TurboJpegDecoder()
    {
    }

    /// <inheritdoc/>
    public string Name => "libturbojpeg";

    /// <summary>Makes a decoder, or returns null if the library is not installed (Debian: libturbojpeg0).</summary>
    public static TurboJpegDecoder? TryCreate() => TurboJpegNative.Available ? new TurboJpegDecoder() : null;

    /// <inheritdoc/>
    public unsafe RgbImage Decode(ReadOnlySpan<byte> file)
    {
        if (!JpegMarkers.StartsJpeg(file)) throw new ImageDecodeException("the bytes are no JPEG");
        // Each image has a handle of its own. That costs microseconds, and threads share nothing.
        nint handle = TurboJpegNative.InitDecompress();
        if (handle == 0) throw new ImageDecodeException("libturbojpeg gave no decompressor");
        try
        {
            fixed (byte* bytes = file) return Decode(handle, bytes, file.Length);
        }
        finally
        {
            TurboJpegNative.Destroy(handle);
        }
    }

    private static unsafe RgbImage Decode(nint handle, byte* file, int length)
    {
        int* header = stackalloc int[4] { 0, 0, 0, 0 };
        Check(handle, TurboJpegNative.DecompressHeader(handle, file, length, header));
        (int width, int height, int space) = (header[0], header[1], header[3]);
        ImageLimits.Check(width, height);
        if (space >= TurboJpegNative.Cmyk) throw new ImageDecodeException("CMYK is left to Skia");

        byte[] rgb = new byte[checked(width * height * 3)];
        fixed (byte* pixels = rgb)
            Check(handle, TurboJpegNative.Decompress(handle, file, length, pixels, width, height));
        return new RgbImage(width, height, rgb);
    }

    private static void Check(nint handle, int status)
    {
        // A warning is an error here, because versions of the library decode the end of a cut-off file differently.
        if (status != 0)
            throw new ImageDecodeException($"the JPEG data is damaged ({TurboJpegNative.ErrorText(handle)})");
    }
}
