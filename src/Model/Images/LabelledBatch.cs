namespace Starling.Model.Images;

/// <summary>Images with their classes.</summary>
/// <param name="Images">The images.</param>
/// <param name="Labels">A class for each.</param>
public sealed record LabelledBatch(PixelBatch Images, IReadOnlyList<int> Labels);
