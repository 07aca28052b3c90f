using Akka.Actor;
using Starling.Model.Snapshots;

namespace Starling.Actors.Protocol;

/// <summary>What a trainer tells the actor that writes its checkpoints.</summary>
public static class CheckpointerProtocol
{
    /// <summary>Write a state. The snapshot lies in this process's memory and is given back afterwards.</summary>
    /// <param name="Snapshot">The copied state.</param>
    /// <param name="Metrics">Figures for the manifest.</param>
    public sealed record Save(CheckpointSnapshot Snapshot, IReadOnlyDictionary<string, double> Metrics)
        : INoSerializationVerificationNeeded;
}
