namespace Starling.Data.Batches;

/// <summary>One decoded sample.</summary>
/// <param name="SampleId">Row number over the shard list.</param>
/// <param name="Label">Class of the image.</param>
/// <param name="Pixels">Planes (3, H, W), 0..255.</param>
public sealed record DecodedImage(long SampleId, int Label, byte[] Pixels);
