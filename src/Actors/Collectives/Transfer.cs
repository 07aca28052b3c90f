using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>A tensor that is sent to, or received from, one other member.</summary>
/// <param name="Peer">The other member's rank.</param>
/// <param name="Values">Contiguous, not empty, on the group's device.</param>
public readonly record struct Transfer(int Peer, Tensor Values);
