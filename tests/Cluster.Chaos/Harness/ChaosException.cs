namespace Starling.Cluster.Chaos.Harness;

/// <summary>What was to happen did not, so that a scenario cannot go on.</summary>
public sealed class ChaosException(string message) : Exception(message);
