namespace Starling.Actors.Clustering;

/// <summary>Published on the event stream when this node has lost a lease that it held.</summary>
/// <param name="Lease">The lease's name.</param>
/// <param name="Reason">Why the lease could not be renewed.</param>
internal sealed record LeaseLost(string Lease, string Reason);
