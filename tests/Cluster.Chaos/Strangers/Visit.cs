namespace Starling.Cluster.Chaos.Strangers;

/// <summary>One connection of a stranger.</summary>
/// <param name="Port">The port, on loopback.</param>
/// <param name="Approach">What the stranger does there.</param>
/// <param name="Words">What it sends.</param>
/// <param name="Stays">Whether it holds the connection; otherwise it resets the connection at once.</param>
internal sealed record Visit(int Port, Approach Approach, byte[] Words, bool Stays);
