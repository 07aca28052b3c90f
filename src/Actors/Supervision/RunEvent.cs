namespace Starling.Actors.Supervision;

/// <summary>
/// What the supervisor learns. Events that carry a generation are ignored unless it is the current one.
/// </summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>A trainer offers itself. The same trainer with the same incarnation may say so twice.</summary>
    public sealed record TrainerJoined(string Trainer, long Incarnation) : RunEvent;

    /// <summary>A trainer is gone: its process, its node or its loop.</summary>
    public sealed record TrainerLost(string Trainer, string Reason) : RunEvent;

    /// <summary>
    /// A trainer hosts its replicas and holds the state after <paramref name="Step"/>; the newest good checkpoint it
    /// knows is <paramref name="Checkpoint"/>, −1 for none.
    /// </summary>
    public sealed record TrainerReady(string Trainer, long Generation, long Step, long Checkpoint) : RunEvent;

    /// <summary>A step was applied by all trainers of the generation.</summary>
    public sealed record StepCommitted(long Generation, long Step) : RunEvent;

    /// <summary>The trainers made their last step: all of them, or up to a requested stop.</summary>
    public sealed record TrainingEnded(long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, long Step) : RunEvent;

    /// <summary>A checkpoint could not be written; training goes on.</summary>
    public sealed record CheckpointFailed(long Generation, long Step, string Reason) : RunEvent;

    /// <summary>An evaluation ended, well or not.</summary>
    public sealed record EvaluationEnded(long Step, string? Failure) : RunEvent;

    /// <summary>The user or the machine asks to stop.</summary>
    public sealed record StopRequested : RunEvent;

    /// <summary>A mistake of the user that no restart can cure, such as a damaged data set.</summary>
    public sealed record Fatal(string Reason) : RunEvent;
}
