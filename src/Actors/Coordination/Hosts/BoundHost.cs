namespace Starling.Actors.Coordination.Hosts;

/// <summary>A host that has bound its endpoint and waits for the addresses of the other hosts.</summary>
/// <param name="EngineAddress">
/// The bytes by which the collective engines of the other hosts find this one; empty for a host alone.
/// </param>
/// <param name="Step">Number of steps that the state in the host's memory holds; −1 for no state.</param>
/// <param name="Checkpoint">Step of the newest checkpoint that the host knows to be good; −1 for none.</param>
public sealed record BoundHost(ReadOnlyMemory<byte> EngineAddress, long Step, long Checkpoint);
