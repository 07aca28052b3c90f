namespace Starling.Actors.Clustering;

/// <summary>Published on the event stream when this node has obtained or renewed the leader's lease.</summary>
internal sealed record LeaseRenewed;
