using Akka.Actor;
using Starling.Actors.Coordination.Hosts;

namespace Starling.Actors.Protocol;

/// <summary>
/// The messages to a trainer. A trainer drops an order of an older term or generation than it has heard of. An order
/// may be lost, and is repeated when a report of the trainer shows that; a trainer drops an order that it has carried
/// out already.
/// </summary>
public static class TrainerProtocol
{
    /// <summary>
    /// Assigns a part in a new generation. A host gives up the collective group of the generation before, keeps its
    /// state, binds a new endpoint and answers with <see cref="SupervisorProtocol.TrainerBound"/>. A spare prepares
    /// itself and answers with <see cref="SupervisorProtocol.TrainerReady"/>.
    /// </summary>
    /// <param name="Term">Number of the supervisor that formed the generation.</param>
    /// <param name="Generation">Number of the generation.</param>
    /// <param name="Rank">Rank of the trainer; −1 for a spare.</param>
    /// <param name="World">Number of hosts.</param>
    /// <param name="Hosting">The hosts in the order of their ranks.</param>
    /// <param name="Loaders">The registered loaders.</param>
    public sealed record Assign(long Term, long Generation, int Rank, int World,
        IReadOnlyList<HostedReplicas> Hosting, IReadOnlyList<IActorRef> Loaders);

    /// <summary>
    /// Orders the hosts to connect, since all are bound. The source sends its state to the hosts that do not hold it.
    /// Each host answers with <see cref="SupervisorProtocol.TrainerReady"/>.
    /// </summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="Blobs">
    /// The hosts' engine addresses, by rank. The golden file of the wire format fixes the name of this property.
    /// </param>
    /// <param name="SourceRank">Rank of the source: the host whose state all hosts go on from.</param>
    /// <param name="FromDisk">
    /// Whether the source first loads the newest good checkpoint, or makes the initial state if there is none.
    /// </param>
    public sealed record Connect(
        long Generation, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, int SourceRank, bool FromDisk);

    /// <summary>Orders the hosts to make steps, since all are ready.</summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="Checkpoint">
    /// Step of the last committed checkpoint; −1 for none. If a checkpoint of the present state is due and newer than
    /// this one, rank 0 stores it: the generation before may have broken before it did.
    /// </param>
    public sealed record Begin(long Generation, long Checkpoint);

    /// <summary>Orders rank 0 to end at its next step boundary and to store the state.</summary>
    public sealed record Halt(long Generation);

    /// <summary>
    /// Tells all trainers except rank 0, which has ended, that there are no more steps. They give up the exchange that
    /// is under way.
    /// </summary>
    public sealed record Stop(long Generation);

    /// <summary>
    /// Asks for a sign of life. The trainer answers at once with <see cref="SupervisorProtocol.TrainerAnswered"/>, and
    /// repeats its last reports.
    /// </summary>
    /// <param name="Term">
    /// Number of the supervisor, which has just checked that the term is the newest. The ping therefore renews the
    /// trainer's permit to apply steps.
    /// </param>
    /// <param name="Sequence">Number of the ping.</param>
    public sealed record Ping(long Term, long Sequence);

    /// <summary>Tells which loaders are registered now. Sent at every change, and with every ping.</summary>
    public sealed record LoadersChanged(long Term, IReadOnlyList<IActorRef> Loaders);

    /// <summary>
    /// Sent within the process: the trainer asks the supervisor to release it. When that is done, the trainer publishes
    /// <see cref="Released"/> on the event stream.
    /// </summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly Leave Instance = new();
    }

    /// <summary>Answers a leaving trainer: the run does not need it any more, and it may end.</summary>
    public sealed record Released(string Trainer);
}
