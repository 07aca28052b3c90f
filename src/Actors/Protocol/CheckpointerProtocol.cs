using Akka.Actor;
using Starling.Model.Snapshots;

namespace Starling.Actors.Protocol;

/// <summary>The messages from a trainer to the actor that writes its checkpoints.</summary>
public static class CheckpointerProtocol
{
    /// <summary>Orders to write a state. The receiver disposes the snapshot, which returns its buffers.</summary>
    /// <param name="Snapshot">The copied state.</param>
    /// <param name="Metrics">Figures for the checkpoint's manifest, by name.</param>
    public sealed record Save(CheckpointSnapshot Snapshot, IReadOnlyDictionary<string, double> Metrics)
        : INoSerializationVerificationNeeded;
}
