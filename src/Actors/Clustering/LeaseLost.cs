namespace Starling.Actors.Clustering;

/// <summary>On the event stream: somebody else holds a lease that this node believed to hold.</summary>
internal sealed record LeaseLost(string Lease, string Reason);
