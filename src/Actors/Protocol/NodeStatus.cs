namespace Starling.Actors.Protocol;

/// <summary>A node that the supervisor has taken.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it listens.</param>
public sealed record NodeStatus(string Name, string Address);
