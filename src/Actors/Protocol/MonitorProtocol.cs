using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Training;

namespace Starling.Actors.Protocol;

/// <summary>The messages from the actors of a node to its monitor. They stay within the process.</summary>
public static class MonitorProtocol
{
    /// <summary>The supervisor's state of the run changed.</summary>
    public sealed record RunChanged(RunState State) : INoSerializationVerificationNeeded;

    /// <summary>The trainer holds the state of a generation and is ready to train.</summary>
    /// <param name="Generation">The generation.</param>
    /// <param name="Step">Steps that the state holds.</param>
    /// <param name="Checkpoint">
    /// Step of the checkpoint that the trainer loaded at some time; −1 for none: the state then came from another
    /// trainer's memory, or the run begins.
    /// </param>
    /// <param name="Rank">The trainer's rank in the generation; rank 0 hosts replica 0.</param>
    /// <param name="Replicas">Number of replicas that the trainer hosts.</param>
    /// <param name="AllReplicas">Number of replicas of the run.</param>
    public sealed record TrainerReady(
        long Generation, long Step, long Checkpoint, int Rank, int Replicas, int AllReplicas)
        : INoSerializationVerificationNeeded;

    /// <summary>The trainer hosts no replica in the present generation.</summary>
    public sealed record TrainerSpare : INoSerializationVerificationNeeded
    {
        /// <summary>The only instance.</summary>
        public static readonly TrainerSpare Instance = new();
    }

    /// <summary>The trainer applied a step.</summary>
    public sealed record Stepped(long Generation, StepResult Result, StepTiming Timing, IReadOnlyList<BadImage> Bad)
        : INoSerializationVerificationNeeded;

    /// <summary>A loader's queue of decoded batches, as it is now. Sent about once a second.</summary>
    /// <param name="Depth">Batches that wait to be taken.</param>
    /// <param name="Capacity">Most batches that may wait.</param>
    public sealed record BatchQueue(int Depth, int Capacity) : INoSerializationVerificationNeeded;

    /// <summary>This node's loader could not make a share.</summary>
    /// <param name="Kind">The label of the metric: io, missing, memory, damaged or program.</param>
    /// <param name="Reason">What went wrong; the first line is for the terminal.</param>
    /// <param name="IsNew">Whether this is not the same trouble as at the request before.</param>
    public sealed record LoaderFault(string Kind, string Reason, bool IsNew) : INoSerializationVerificationNeeded;

    /// <summary>The training stood still to copy the state.</summary>
    public sealed record Captured(long Step, TimeSpan Blocked) : INoSerializationVerificationNeeded;

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, CheckpointReceipt Receipt)
        : INoSerializationVerificationNeeded;

    /// <summary>A checkpoint could not be written.</summary>
    /// <param name="Generation">The generation that the state belongs to.</param>
    /// <param name="Step">The step of the state.</param>
    /// <param name="Kind">The label of the metric, such as disk_full or io.</param>
    /// <param name="Reason">What went wrong, in one line.</param>
    public sealed record CheckpointFailed(long Generation, long Step, string Kind, string Reason)
        : INoSerializationVerificationNeeded;

    /// <summary>The evaluation of a step's checkpoint began.</summary>
    public sealed record EvaluationStarted(long Step) : INoSerializationVerificationNeeded;

    /// <summary>An evaluation succeeded.</summary>
    public sealed record Evaluated(long Step, EvaluationReport Report, IReadOnlyList<string> Images, TimeSpan Time)
        : INoSerializationVerificationNeeded;

    /// <summary>An evaluation failed. The training goes on.</summary>
    public sealed record EvaluationFailed(long Step, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>A trainer's loop failed.</summary>
    public sealed record TrainerFailed(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>Asks to show a line to the user.</summary>
    public sealed record Note(string Line) : INoSerializationVerificationNeeded;
}
