namespace Starling.Actors.Reporting;

/// <summary>One part of the loss, as shown.</summary>
/// <param name="Name">ar, mim, contrast_step, contrast_view or total.</param>
/// <param name="Value">Its value.</param>
public readonly record struct LossPart(string Name, double Value);
