namespace Starling.Model.Pictures;

/// <summary>Pictures with their classes.</summary>
/// <param name="Pictures">The pictures.</param>
/// <param name="Labels">A class for each.</param>
public sealed record LabelledBatch(PixelBatch Pictures, IReadOnlyList<int> Labels);
