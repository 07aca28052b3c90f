namespace Starling.Model.Images;

/// <summary>Images with their classes.</summary>
/// <param name="Images">The images.</param>
/// <param name="Labels">The class of each image.</param>
public sealed record LabelledBatch(PixelBatch Images, IReadOnlyList<int> Labels);
