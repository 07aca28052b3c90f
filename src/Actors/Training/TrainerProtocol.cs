using Akka.Actor;

namespace Starling.Actors.Training;

/// <summary>What the supervisor tells a trainer.</summary>
public static class TrainerProtocol
{
    /// <summary>Host these replicas in this generation and load the state; answer with Ready.</summary>
    /// <param name="Generation">Number of the membership decision; older ones are dropped.</param>
    /// <param name="Replicas">Logical replicas, ascending; none for a spare.</param>
    /// <param name="Loaders">Loaders to ask for batches.</param>
    public sealed record Assign(long Generation, IReadOnlyList<int> Replicas, IReadOnlyList<IActorRef> Loaders);

    /// <summary>Make steps.</summary>
    public sealed record Begin(long Generation);

    /// <summary>Stop at the next step boundary and store the state.</summary>
    public sealed record Halt(long Generation);
}
