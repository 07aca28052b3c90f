namespace Starling.Model.Images;

/// <summary>A batch of images, as loaders hand them out.</summary>
/// <param name="Pixels">(B, 3, H, W), 0..255.</param>
/// <param name="Images">B.</param>
/// <param name="Size">H = W, in pixels.</param>
public sealed record PixelBatch(ReadOnlyMemory<byte> Pixels, int Images, int Size);
