namespace Starling.Actors.Coordination;

/// <summary>
/// What the supervisor learns. Events that carry a generation are ignored unless it is the current one, events of a
/// trainer unless they are of its current incarnation.
/// </summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>A trainer offers itself, once or more often.</summary>
    public sealed record TrainerJoined(string Trainer, long Incarnation) : RunEvent;

    /// <summary>A trainer is gone: its process, its node, or the connection to it.</summary>
    public sealed record TrainerLost(string Trainer, long Incarnation, string Reason) : RunEvent;

    /// <summary>
    /// The cluster cannot reach a trainer's node, and has not decided yet which side of what may be a split goes on.
    /// </summary>
    public sealed record TrainerSilent(string Trainer) : RunEvent;

    /// <summary>The cluster reaches a trainer's node again.</summary>
    public sealed record TrainerBack(string Trainer) : RunEvent;

    /// <summary>A trainer's loop failed: the state in its memory is gone. It will offer itself again.</summary>
    public sealed record TrainerFailed(string Trainer, long Incarnation, string Reason) : RunEvent;

    /// <summary>A trainer was asked to leave.</summary>
    public sealed record TrainerLeaving(string Trainer, long Incarnation) : RunEvent;

    /// <summary>A trainer answered a ping.</summary>
    public sealed record TrainerAnswered(string Trainer, long Incarnation, long Sequence) : RunEvent;

    /// <summary>
    /// A host waits for the others' addresses; its memory holds the state after <paramref name="Step"/>, −1 for none.
    /// </summary>
    public sealed record TrainerBound(
        string Trainer, long Generation, ReadOnlyMemory<byte> Blob, long Step, long Checkpoint) : RunEvent;

    /// <summary>
    /// A host is connected and holds the state after <paramref name="Step"/>; the newest good checkpoint it knows is
    /// <paramref name="Checkpoint"/>, −1 for none.
    /// </summary>
    public sealed record TrainerReady(string Trainer, long Generation, long Step, long Checkpoint) : RunEvent;

    /// <summary>A host applied a step; committed once all have.</summary>
    public sealed record StepApplied(
        string Trainer, long Generation, long Step, double BusySeconds, double WaitSeconds) : RunEvent;

    /// <summary>The exchange between the hosts failed.</summary>
    public sealed record ExchangeBroke(string Trainer, long Generation, string Reason) : RunEvent;

    /// <summary>A host made its last step: all of them, or up to a halt. Only rank 0's counts.</summary>
    public sealed record TrainingEnded(string Trainer, long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint could not be written; training goes on.</summary>
    public sealed record CheckpointFailed(long Generation, long Step, string Reason) : RunEvent;

    /// <summary>The number of loaders changed.</summary>
    public sealed record LoadersChanged(int Count) : RunEvent;

    /// <summary>An evaluator offers itself, once or more often.</summary>
    public sealed record EvaluatorJoined(string Evaluator) : RunEvent;

    /// <summary>An evaluator is gone.</summary>
    public sealed record EvaluatorLost(string Evaluator) : RunEvent;

    /// <summary>An evaluation ended, well or not.</summary>
    public sealed record EvaluationEnded(long Step, string? Failure) : RunEvent;

    /// <summary>A second has passed.</summary>
    public sealed record Ticked : RunEvent;

    /// <summary>The timer rang that was set in this generation.</summary>
    public sealed record TimerRang(RunTimer Timer, long Generation) : RunEvent;

    /// <summary>The user or the machine asks to stop.</summary>
    public sealed record StopRequested : RunEvent;

    /// <summary>A mistake of the user that no restart can cure, such as a damaged data set.</summary>
    public sealed record Fatal(string Reason) : RunEvent;
}
