namespace Starling.Data.Images;

/// <summary>
/// Turns the bytes of an image file into pixels as Pillow's <c>Image.open(f).convert("RGB")</c> does. Alpha is dropped,
/// not blended. Gray and palette images become RGB. EXIF orientation is ignored, because the Python baselines ignore
/// it. Implementations keep no state between calls, and several threads may call them at once.
/// </summary>
public interface IImageDecoder
{
    /// <summary>What the log calls this decoder.</summary>
    string Name { get; }

    /// <summary>Decodes one image file.</summary>
    /// <param name="file">The whole file. Its first bytes tell the format; names of files are not used.</param>
    /// <exception cref="ImageDecodeException">The file is no image, is too large, or is damaged.</exception>
    RgbImage Decode(ReadOnlySpan<byte> file);
}
