namespace Starling.Data.Images;

/// <summary>
/// The decoder of the program. It uses libturbojpeg for JPEG, if that is installed, and Skia for everything else. Skia
/// also gets what libturbojpeg refuses. Which images can be decoded, and to which pixels, therefore does not depend on
/// the machine's libraries.
/// </summary>
public sealed class ImageDecoder : IImageDecoder
{
    private readonly SkiaDecoder _skia = new();
    private readonly TurboJpegDecoder? _turbo = TurboJpegDecoder.TryCreate();

    private ImageDecoder()
    {
    }

    /// <summary>The only instance, which has no state.</summary>
    public static ImageDecoder Default { get; } = new();

    /// <inheritdoc/>
    public string Name => _turbo is null ? _skia.Name : $"{_turbo.Name} + {_skia.Name}";

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> file)
    {
        if (_turbo is null || !JpegMarkers.StartsJpeg(file)) return _skia.Decode(file);
        try
        {
            return _turbo.Decode(file);
        }
        catch (ImageDecodeException)
        {
            return _skia.Decode(file);
        }
    }
}
