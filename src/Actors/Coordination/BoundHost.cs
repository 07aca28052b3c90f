namespace Starling.Actors.Coordination;

/// <summary>A host that waits for the others' addresses.</summary>
/// <param name="Blob">Its own address; opaque.</param>
/// <param name="Step">Steps that the state in its memory holds; −1 for none.</param>
/// <param name="Checkpoint">The newest checkpoint it knows to be good; −1 for none.</param>
public sealed record BoundHost(ReadOnlyMemory<byte> Blob, long Step, long Checkpoint);
