namespace Starling.Actors.Reporting;

/// <summary>One part of the loss, as it is shown.</summary>
/// <param name="Name">ar, mim, contrast_step, contrast_view or total.</param>
/// <param name="Value">Mean over the global batch: a part before its weight, the total as the weighted sum.</param>
public readonly record struct LossPart(string Name, double Value);
