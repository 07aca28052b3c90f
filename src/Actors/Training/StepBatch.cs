using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Training;

/// <summary>Everything a trainer needs for one step: the shares of the replicas it hosts, in replica order.</summary>
public sealed record StepBatch(long Step, IReadOnlyList<ReplicaShare> Replicas) : INoSerializationVerificationNeeded;
