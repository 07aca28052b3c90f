using Akka.Actor;
using Starling.Actors.Coordination;

namespace Starling.Actors.Protocol;

/// <summary>
/// What the supervisor tells a trainer. Orders of an older term or generation than one already heard are dropped.
/// </summary>
public static class TrainerProtocol
{
    /// <summary>
    /// A membership decision: give up the collective of the generation before, keep the state, bind a new endpoint and
    /// answer with <see cref="SupervisorProtocol.Bound"/>; a spare prepares itself and answers
    /// <see cref="SupervisorProtocol.Ready"/>.
    /// </summary>
    /// <param name="Term">Number of the supervisor that decided.</param>
    /// <param name="Generation">Number of the decision.</param>
    /// <param name="Rank">Place among the hosts; −1 for a spare.</param>
    /// <param name="World">Number of hosts.</param>
    /// <param name="Hosting">The hosts in the order of their ranks.</param>
    /// <param name="Loaders">Loaders to ask for batches.</param>
    public sealed record Assign(long Term, long Generation, int Rank, int World,
        IReadOnlyList<HostedReplicas> Hosting, IReadOnlyList<IActorRef> Loaders);

    /// <summary>
    /// All hosts are bound: connect, bring the state of the source to whoever does not hold it, and answer with
    /// <see cref="SupervisorProtocol.Ready"/>.
    /// </summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="Blobs">The hosts' endpoints, by rank.</param>
    /// <param name="SourceRank">Whose state everybody goes on from.</param>
    /// <param name="FromDisk">
    /// The source reads the newest good checkpoint first, or makes the initial state if there is none.
    /// </param>
    public sealed record Connect(
        long Generation, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, int SourceRank, bool FromDisk);

    /// <summary>All hosts are ready: make steps.</summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="Checkpoint">
    /// The last committed checkpoint, −1 for none. Rank 0 stores a state at hand that is due and newer: the generation
    /// before may have lost it.
    /// </param>
    public sealed record Begin(long Generation, long Checkpoint);

    /// <summary>To rank 0: end at the next step boundary and store the state.</summary>
    public sealed record Halt(long Generation);

    /// <summary>To all but rank 0, which has ended: there are no more steps; give up the exchange at hand.</summary>
    public sealed record Stop(long Generation);

    /// <summary>Are you there? To be answered at once with <see cref="SupervisorProtocol.Pong"/>.</summary>
    /// <param name="Term">Number of the supervisor, valid a moment ago: extends the permit to apply steps.</param>
    /// <param name="Sequence">Number of the ping.</param>
    public sealed record Ping(long Term, long Sequence);

    /// <summary>The loaders there are now.</summary>
    public sealed record LoadersChanged(long Term, IReadOnlyList<IActorRef> Loaders);

    /// <summary>
    /// From its own process: have the supervisor release this trainer. That it has is published on the event stream, as
    /// <see cref="Released"/>.
    /// </summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The only one.</summary>
        public static readonly Leave Instance = new();
    }

    /// <summary>Answer to a trainer that leaves: it is not needed any more and may end.</summary>
    public sealed record Released(string Trainer);
}
