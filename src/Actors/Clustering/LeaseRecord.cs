namespace Starling.Actors.Clustering;

/// <summary>What a lease's file holds.</summary>
/// <param name="Owner">The owner's instance: another one of the same node is somebody else.</param>
/// <param name="Token">Grows with every change of the owner.</param>
/// <param name="Beat">Grows with every sign of life.</param>
/// <param name="Released">The owner gave it up.</param>
internal sealed record LeaseRecord(string Owner, long Token, long Beat, bool Released);
