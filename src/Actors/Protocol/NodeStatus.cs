namespace Starling.Actors.Protocol;

/// <summary>A node that has registered with the supervisor.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Address">Address that the node listens on.</param>
public sealed record NodeStatus(string Name, string Address);
