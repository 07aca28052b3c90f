using Akka.Actor;
using Starling.Actors.Shares;

namespace Starling.Actors.Training;

/// <summary>The input of one step of a trainer.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Replicas">Shares of the replicas that the trainer hosts, in replica order.</param>
public sealed record StepBatch(long Step, IReadOnlyList<ReplicaShare> Replicas) : INoSerializationVerificationNeeded;
