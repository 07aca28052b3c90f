namespace Starling.Model.Images;

/// <summary>A batch of square images as bytes.</summary>
/// <param name="Pixels">The bytes (B, 3, H, W), 0..255.</param>
/// <param name="Images">B, the number of images.</param>
/// <param name="Size">H and W, the side of an image in pixels.</param>
public sealed record PixelBatch(ReadOnlyMemory<byte> Pixels, int Images, int Size);
