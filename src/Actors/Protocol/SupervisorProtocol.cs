using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Protocol;

/// <summary>
/// The messages to the supervisor, and its answers to actors of every kind. Every message may be lost, so each of them
/// is repeated until its purpose is achieved, and a repetition changes nothing. A report of an earlier generation only
/// shows that the trainer has to be assigned again; but <see cref="CheckpointCommitted"/> of an earlier generation
/// counts. A report of a trainer has the same name as the <see cref="RunEvent"/> that it becomes.
/// </summary>
public static class SupervisorProtocol
{
    /// <summary>
    /// A trainer registers. The registration is repeated forever, because a supervisor that has moved to another node
    /// does not know the trainers.
    /// </summary>
    /// <param name="Identity">The identity of the run that the trainer is configured for.</param>
    /// <param name="Trainer">Name of the trainer, the same after a restart.</param>
    /// <param name="Incarnation">
    /// Number of the actor's life; greater after every restart. An older one is ignored.
    /// </param>
    /// <param name="Actor">The trainer's actor, to which orders are sent.</param>
    public sealed record RegisterTrainer(RunIdentity Identity, string Trainer, long Incarnation, IActorRef Actor)
    {
        /// <summary>Names of the hosts of the generation that the trainer knows; empty for none.</summary>
        public IReadOnlyList<string> Hosts { get; init; } = [];
    }

    /// <summary>A loader registers.</summary>
    public sealed record RegisterLoader(RunIdentity Identity, string Loader, IActorRef Actor);

    /// <summary>An evaluator registers.</summary>
    public sealed record RegisterEvaluator(RunIdentity Identity, string Evaluator, IActorRef Actor);

    /// <summary>
    /// A node registers, whatever its roles are. The answers tell the node whether its identity fits the run, and when
    /// the run has ended.
    /// </summary>
    /// <param name="Identity">The identity of the run that the node is configured for.</param>
    /// <param name="Node">Name of the node.</param>
    /// <param name="Address">Address that the node listens on.</param>
    /// <param name="Actor">The actor that gets the answers.</param>
    public sealed record RegisterNode(RunIdentity Identity, string Node, string Address, IActorRef Actor);

    /// <summary>Accepts a registration.</summary>
    /// <param name="Term">Number of the supervisor. From then on the receiver ignores orders of a lower term.</param>
    public sealed record Registered(long Term);

    /// <summary>
    /// Refuses a registration because the identity is another one, or because the trainer cannot work on its node. The
    /// node has to end.
    /// </summary>
    /// <param name="Reason">What differs or what is wrong, and what the user has to do, in one line.</param>
    /// <param name="IsForNow">Whether the node may come back later, when its fault has passed.</param>
    public sealed record Refused(string Reason, bool IsForNow = false);

    /// <summary>
    /// A host has given up the collective group of the generation before, has bound an endpoint, and waits for the
    /// addresses of the other hosts.
    /// </summary>
    /// <param name="Trainer">Name of the host.</param>
    /// <param name="Generation">The generation that is being formed.</param>
    /// <param name="Blob">
    /// The host's engine address: the bytes by which the collective engines of the other hosts find this one. Empty for
    /// a host alone. The golden file of the wire format fixes the name of this property.
    /// </param>
    /// <param name="Step">Number of steps that the state in the host's memory holds; −1 for no state.</param>
    /// <param name="Checkpoint">Step of the newest checkpoint that the host knows to be good; −1 for none.</param>
    public sealed record TrainerBound(
        string Trainer, long Generation, ReadOnlyMemory<byte> Blob, long Step, long Checkpoint);

    /// <summary>A host is connected and holds the state of the generation; or a spare is prepared.</summary>
    /// <param name="Trainer">Name of the host or spare.</param>
    /// <param name="Generation">The generation that is being formed.</param>
    /// <param name="Step">Number of steps that the host's state holds; −1 for a spare.</param>
    /// <param name="Checkpoint">Step of the newest checkpoint that the trainer knows to be good; −1 for none.</param>
    public sealed record TrainerReady(string Trainer, long Generation, long Step, long Checkpoint);

    /// <summary>A host applied a step.</summary>
    /// <param name="Trainer">Name of the host.</param>
    /// <param name="Generation">The generation of the step.</param>
    /// <param name="Step">Number of steps that the host's state holds now.</param>
    /// <param name="BusySeconds">Seconds of the host's own work: tokenize, forward, backward.</param>
    /// <param name="WaitSeconds">Seconds of waiting for batches and for the other hosts.</param>
    public sealed record StepApplied(
        string Trainer, long Generation, long Step, double BusySeconds, double WaitSeconds)
    {
        /// <summary>What the event log and the metrics tell of the step; null if the host tells nothing.</summary>
        public StepFigures? Figures { get; init; }
    }

    /// <summary>
    /// The exchange between the hosts failed. The sender did not apply the step at hand. Other hosts may have applied
    /// it.
    /// </summary>
    public sealed record ExchangeBroke(string Trainer, long Generation, string Reason);

    /// <summary>A trainer's loop failed and holds no state any more. The trainer registers again.</summary>
    public sealed record TrainerFailed(string Trainer, long Incarnation, string Reason);

    /// <summary>
    /// A trainer cannot work because of a mistake that only the user can correct. If the mistake may be that of the
    /// trainer's node alone, the others go on without the trainer.
    /// </summary>
    /// <param name="Trainer">Name of the trainer.</param>
    /// <param name="Incarnation">Incarnation of the trainer.</param>
    /// <param name="Reason">What is wrong, in one line.</param>
    /// <param name="Scope">
    /// Node: something on the trainer's node is wrong. Request: the trainer's node cannot give what is needed, and
    /// another node may; if none is left, the run ends.
    /// </param>
    public sealed record TrainerUnfit(string Trainer, long Incarnation, string Reason, FaultScope Scope);

    /// <summary>
    /// A host waits for data because the nodes of all loaders fail. Sent at each failure, as long as that lasts.
    /// </summary>
    public sealed record DataFailed(string Trainer, long Generation, string Reason);

    /// <summary>
    /// The node of a trainer was asked to end. The supervisor answers with <see cref="TrainerProtocol.Released"/> as
    /// soon as no state is lost by that. The trainer repeats the message until then, because supervisors move.
    /// </summary>
    public sealed record TrainerLeaving(string Trainer, long Incarnation);

    /// <summary>Answers a ping.</summary>
    /// <param name="Trainer">Name of the trainer.</param>
    /// <param name="Incarnation">Incarnation of the trainer.</param>
    /// <param name="Sequence">Number of the ping.</param>
    /// <param name="Generation">The generation that the trainer was assigned to last; 0 for none.</param>
    public sealed record TrainerAnswered(string Trainer, long Incarnation, long Sequence, long Generation);

    /// <summary>
    /// A host made its last step: the last of the run, or the one before a halt. Only rank 0's report counts.
    /// </summary>
    public sealed record TrainingEnded(string Trainer, long Generation, long Step);

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, long Step);

    /// <summary>
    /// A checkpoint could not be written, or the ledger refused it because a newer generation has begun.
    /// </summary>
    public sealed record CheckpointFailed(long Generation, long Step, string Reason);

    /// <summary>Says what an evaluator works on. Sent after every registration, once a second.</summary>
    /// <param name="Evaluator">Name of the evaluator.</param>
    /// <param name="Evaluating">Step of the checkpoint that it evaluates; −1 for none.</param>
    public sealed record EvaluatorReported(string Evaluator, long Evaluating);

    /// <summary>
    /// An evaluation succeeded or failed. Sent again whenever the evaluator is told to evaluate that step once more.
    /// </summary>
    /// <param name="Step">Step of the checkpoint.</param>
    /// <param name="Failure">Why there is no result; null if there is one.</param>
    public sealed record EvaluationEnded(long Step, string? Failure);

    /// <summary>Asks to stop the run. The run stores one more checkpoint and ends.</summary>
    public sealed record StopRun
    {
        /// <summary>The only instance.</summary>
        public static readonly StopRun Instance = new();
    }

    /// <summary>
    /// The run cannot go on on any node because of a mistake that only the user can correct, such as a checkpoint of
    /// another model.
    /// </summary>
    public sealed record Fatal(string Reason);

    /// <summary>Asks for a <see cref="RunStatus"/>.</summary>
    public sealed record StatusRequest
    {
        /// <summary>The only instance.</summary>
        public static readonly StatusRequest Instance = new();
    }

    /// <summary>Tells all registered actors, and those that register later, that the run has ended.</summary>
    /// <param name="Outcome">The way in which the run ended.</param>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Reason">The reason in one line; null if there is none to give.</param>
    public sealed record RunEnded(RunOutcome Outcome, long Step, string? Reason);
}
