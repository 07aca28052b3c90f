namespace Starling.Actors.Clustering;

/// <summary>The content of a lease's file.</summary>
/// <param name="Owner">Name of the owning instance. Another instance on the same address has another name.</param>
/// <param name="Token">A number that grows with each change of the owner.</param>
/// <param name="Beat">A number that grows each time the owner takes or renews the lease.</param>
/// <param name="Released">Whether the owner has released the lease.</param>
internal sealed record LeaseRecord(string Owner, long Token, long Beat, bool Released);
