namespace Starling.Model.Pictures;

/// <summary>A batch of pictures, as loaders hand them out.</summary>
/// <param name="Pixels">(B, 3, H, W), 0..255.</param>
/// <param name="Pictures">B.</param>
/// <param name="Size">H = W, in pixels.</param>
public sealed record PixelBatch(ReadOnlyMemory<byte> Pixels, int Pictures, int Size);
