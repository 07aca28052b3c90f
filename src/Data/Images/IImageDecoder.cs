namespace Starling.Data.Images;

/// <summary>
/// Turns the bytes of an image file into pixels as Pillow's <c>Image.open(f).convert("RGB")</c> does: alpha is
/// dropped, not blended; grey and palette become RGB; EXIF orientation is ignored, as the Python baselines ignore it.
/// Implementations keep no state between calls and may be called by several threads at once.
/// </summary>
public interface IImageDecoder
{
    /// <summary>What the log calls this decoder.</summary>
    string Name { get; }

    /// <summary>Decodes one image file.</summary>
    /// <param name="file">The whole file; its first bytes tell the format, never a name.</param>
    /// <exception cref="ImageDecodeException">Not an image, too large, or damaged.</exception>
    RgbImage Decode(ReadOnlySpan<byte> file);
}
