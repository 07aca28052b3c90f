using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Runs;

namespace Starling.Actors.Protocol;

/// <summary>
/// What the supervisor is told, and what it answers everybody alike. Reports that carry a generation are ignored unless
/// it is the current one.
/// </summary>
public static class SupervisorProtocol
{
    /// <summary>A trainer offers itself. Repeated for ever: a supervisor that has moved knows nobody.</summary>
    /// <param name="Identity">What the trainer would train.</param>
    /// <param name="Trainer">Its name, the same after a restart.</param>
    /// <param name="Incarnation">Greater after every restart; an older one is ignored.</param>
    /// <param name="Actor">Who to talk to.</param>
    public sealed record RegisterTrainer(RunIdentity Identity, string Trainer, long Incarnation, IActorRef Actor);

    /// <summary>A loader offers itself.</summary>
    public sealed record RegisterLoader(RunIdentity Identity, string Loader, IActorRef Actor);

    /// <summary>An evaluator offers itself.</summary>
    public sealed record RegisterEvaluator(RunIdentity Identity, string Evaluator, IActorRef Actor);

    /// <summary>
    /// A node offers itself, whatever its roles: it wants to know whether it fits the run, and when that is over.
    /// </summary>
    /// <param name="Identity">What the node would work on.</param>
    /// <param name="Node">Its name.</param>
    /// <param name="Address">Where it listens.</param>
    /// <param name="Actor">Who to tell.</param>
    public sealed record RegisterNode(RunIdentity Identity, string Node, string Address, IActorRef Actor);

    /// <summary>Answer to a registration.</summary>
    /// <param name="Term">Number of the supervisor; whoever has heard of it ignores lower ones for good.</param>
    public sealed record Registered(long Term);

    /// <summary>Answer to a registration of another identity: the node has to end.</summary>
    /// <param name="Reason">What differs, and what to do, in one line.</param>
    public sealed record Refused(string Reason);

    /// <summary>
    /// A trainer gave up the older generation's collective and waits, with an endpoint bound, for the addresses of the
    /// others.
    /// </summary>
    /// <param name="Trainer">Who.</param>
    /// <param name="Generation">For which generation.</param>
    /// <param name="Blob">The collective engine's address; opaque, empty when the trainer is alone.</param>
    /// <param name="Step">Steps that the state in its memory holds; −1 for none.</param>
    /// <param name="Checkpoint">The newest checkpoint it knows to be good; −1 for none.</param>
    public sealed record Bound(
        string Trainer, long Generation, ReadOnlyMemory<byte> Blob, long Step, long Checkpoint);

    /// <summary>A host holds the generation's state and is connected; or a spare is prepared.</summary>
    /// <param name="Trainer">Who.</param>
    /// <param name="Generation">For which generation.</param>
    /// <param name="Step">Steps that its state holds; −1 for a spare.</param>
    /// <param name="Checkpoint">The newest checkpoint it knows to be good; −1 for none.</param>
    public sealed record Ready(string Trainer, long Generation, long Step, long Checkpoint);

    /// <summary>A host applied a step.</summary>
    /// <param name="Trainer">Who.</param>
    /// <param name="Generation">In which generation.</param>
    /// <param name="Step">Steps that its state holds now.</param>
    /// <param name="BusySeconds">Its own work: tokenising, forward, backward.</param>
    /// <param name="WaitSeconds">Waiting for batches and for the others.</param>
    public sealed record StepApplied(
        string Trainer, long Generation, long Step, double BusySeconds, double WaitSeconds);

    /// <summary>The exchange between the hosts failed; nothing of the step at hand was applied.</summary>
    public sealed record ExchangeBroke(string Trainer, long Generation, string Reason);

    /// <summary>A trainer's loop failed and holds no state any more; it will offer itself again.</summary>
    public sealed record TrainerFailed(string Trainer, long Incarnation, string Reason);

    /// <summary>
    /// A trainer's node was asked to end. Answered with <c>Released</c> as soon as nothing is lost by it; to be
    /// repeated until then, for supervisors move.
    /// </summary>
    public sealed record TrainerLeaving(string Trainer, long Incarnation);

    /// <summary>Answer to a ping.</summary>
    /// <param name="Trainer">Who.</param>
    /// <param name="Incarnation">Of the trainer.</param>
    /// <param name="Sequence">The ping's number.</param>
    public sealed record Pong(string Trainer, long Incarnation, long Sequence);

    /// <summary>A host made its last step: all of them, or up to a halt. Only rank 0's report counts.</summary>
    public sealed record TrainingEnded(string Trainer, long Generation, long Step);

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, long Step);

    /// <summary>A checkpoint could not be written, or was refused because its generation is over.</summary>
    public sealed record CheckpointFailed(long Generation, long Step, string Reason);

    /// <summary>An evaluation ended, well or not.</summary>
    /// <param name="Step">The checkpoint's step.</param>
    /// <param name="Failure">Why there is no result; null if there is one.</param>
    public sealed record EvaluationEnded(long Step, string? Failure);

    /// <summary>The user asks to stop the run: one more checkpoint, then the end.</summary>
    public sealed record StopRun
    {
        /// <summary>The only one.</summary>
        public static readonly StopRun Instance = new();
    }

    /// <summary>A mistake of the user that no restart can cure, such as a damaged data set.</summary>
    public sealed record Fatal(string Reason);

    /// <summary>Asks for a <see cref="RunStatus"/>.</summary>
    public sealed record StatusRequest
    {
        /// <summary>The only one.</summary>
        public static readonly StatusRequest Instance = new();
    }

    /// <summary>Told to all that have registered, and to whoever registers later: the run is over.</summary>
    /// <param name="Outcome">Completed, stopped, failed or rejected.</param>
    /// <param name="Step">The last committed step.</param>
    /// <param name="Reason">Why, if it failed.</param>
    public sealed record RunOver(RunOutcome Outcome, long Step, string? Reason);
}
