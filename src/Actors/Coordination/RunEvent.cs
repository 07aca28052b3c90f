using Starling.Actors.Coordination.Hosts;
using Starling.Data;

namespace Starling.Actors.Coordination;

/// <summary>
/// A fact that the supervisor learns. Messages may be lost, and so the reports behind these events are repeated: an
/// event that is known already changes nothing. An event with a generation changes nothing unless the generation is
/// the current one; only <see cref="CheckpointCommitted"/> of an earlier generation counts too. An event with an
/// incarnation is ignored unless the trainer is a member in that incarnation; <see cref="TrainerJoined"/> has to bring
/// a newer one. The handler of an event is called On, followed by the event's name; <see cref="RunMachine"/> says which
/// class has it.
/// </summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>A trainer registered. Registrations are repeated.</summary>
    public sealed record TrainerJoined(string Trainer, long Incarnation) : RunEvent
    {
        /// <summary>
        /// Names of the hosts of the generation that the trainer knows; empty for none. A supervisor that has just
        /// begun learns from it which trainers there were.
        /// </summary>
        public IReadOnlyList<string> Hosts { get; init; } = [];
    }

    /// <summary>A trainer is lost: its process, its node, or the connection to it.</summary>
    public sealed record TrainerLost(string Trainer, long Incarnation, string Reason) : RunEvent;

    /// <summary>
    /// The cluster cannot reach a trainer's node. The network may be split, and the cluster has not decided yet which
    /// side goes on.
    /// </summary>
    public sealed record TrainerSilent(string Trainer) : RunEvent;

    /// <summary>The cluster can reach the node of a silent trainer again.</summary>
    public sealed record TrainerBack(string Trainer) : RunEvent;

    /// <summary>A trainer's loop failed, and the state in its memory is gone. The trainer registers again.</summary>
    public sealed record TrainerFailed(string Trainer, long Incarnation, string Reason) : RunEvent;

    /// <summary>
    /// A trainer cannot work because of a mistake that only the user can correct. The mistake may be that of the
    /// trainer's node alone. <paramref name="Scope"/> is Node, or Request if the run ends when no trainer is left.
    /// </summary>
    public sealed record TrainerUnfit(
        string Trainer, long Incarnation, string Reason, FaultScope Scope) : RunEvent;

    /// <summary>A host waits for data because the nodes of all loaders fail.</summary>
    public sealed record DataFailed(string Trainer, long Generation, string Reason) : RunEvent;

    /// <summary>The node of a trainer was asked to end, and the trainer waits for its release.</summary>
    public sealed record TrainerLeaving(string Trainer, long Incarnation) : RunEvent;

    /// <summary>A trainer answered a ping.</summary>
    /// <param name="Trainer">Name of the trainer.</param>
    /// <param name="Incarnation">Incarnation of the trainer.</param>
    /// <param name="Sequence">Number of the ping.</param>
    /// <param name="Generation">The generation that the trainer was assigned to last; 0 for none.</param>
    public sealed record TrainerAnswered(string Trainer, long Incarnation, long Sequence, long Generation) : RunEvent;

    /// <summary>
    /// A host has bound an endpoint and waits for the addresses of the other hosts.
    /// </summary>
    /// <param name="Trainer">Name of the host.</param>
    /// <param name="Generation">The generation that is being formed.</param>
    /// <param name="EngineAddress">
    /// The bytes by which the collective engines of the other hosts find this one; empty for a host alone.
    /// </param>
    /// <param name="Step">Number of steps that the state in the host's memory holds; −1 for no state.</param>
    /// <param name="Checkpoint">Step of the newest checkpoint that the host knows to be good; −1 for none.</param>
    public sealed record TrainerBound(
        string Trainer, long Generation, ReadOnlyMemory<byte> EngineAddress, long Step, long Checkpoint) : RunEvent;

    /// <summary>
    /// A host is connected and holds the state after <paramref name="Step"/>. The newest checkpoint that the host knows
    /// to be good is <paramref name="Checkpoint"/>, −1 for none. Also sent by a prepared spare, with step −1.
    /// </summary>
    public sealed record TrainerReady(string Trainer, long Generation, long Step, long Checkpoint) : RunEvent;

    /// <summary>A host applied a step. The step is committed once all hosts have applied it.</summary>
    public sealed record StepApplied(
        string Trainer, long Generation, long Step, double BusySeconds, double WaitSeconds) : RunEvent
    {
        /// <summary>What the host tells of the step; null for nothing.</summary>
        public StepFigures? Figures { get; init; }
    }

    /// <summary>The exchange between the hosts failed.</summary>
    public sealed record ExchangeBroke(string Trainer, long Generation, string Reason) : RunEvent;

    /// <summary>
    /// A host made its last step: the last of the run, or the one before a halt. Only rank 0's report counts.
    /// </summary>
    public sealed record TrainingEnded(string Trainer, long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint could not be written; training goes on.</summary>
    public sealed record CheckpointFailed(long Generation, long Step, string Reason) : RunEvent;

    /// <summary>The number of loaders changed.</summary>
    public sealed record LoadersChanged(int Count) : RunEvent;

    /// <summary>An evaluator registered. Registrations are repeated.</summary>
    public sealed record EvaluatorJoined(string Evaluator) : RunEvent;

    /// <summary>An evaluator is lost: its process, its node, or the connection to it.</summary>
    public sealed record EvaluatorLost(string Evaluator) : RunEvent;

    /// <summary>An evaluator repeated what it works on.</summary>
    /// <param name="Evaluator">Name of the evaluator.</param>
    /// <param name="Evaluating">Step of the checkpoint that it evaluates; −1 for none.</param>
    public sealed record EvaluatorReported(string Evaluator, long Evaluating) : RunEvent;

    /// <summary>An evaluation ended. <paramref name="Failure"/> is null if it succeeded.</summary>
    public sealed record EvaluationEnded(long Step, string? Failure) : RunEvent;

    /// <summary>A second has passed.</summary>
    public sealed record Ticked : RunEvent;

    /// <summary>The run's timer rang. <paramref name="Generation"/> is the one in which it was set.</summary>
    public sealed record TimerRang(RunTimer Timer, long Generation) : RunEvent;

    /// <summary>A stop was requested, by the user or by a signal of the machine.</summary>
    public sealed record StopRequested : RunEvent;

    /// <summary>
    /// The run cannot go on on any node because of a mistake that only the user can correct, such as a checkpoint of
    /// another model.
    /// </summary>
    public sealed record Fatal(string Reason) : RunEvent;
}
