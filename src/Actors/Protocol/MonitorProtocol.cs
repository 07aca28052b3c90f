using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Training;

namespace Starling.Actors.Protocol;

/// <summary>What the actors of a node tell its monitor. Never leaves the process.</summary>
public static class MonitorProtocol
{
    /// <summary>The supervisor's knowledge of the run changed.</summary>
    public sealed record RunChanged(RunState State) : INoSerializationVerificationNeeded;

    /// <summary>The trainer holds the state after this step.</summary>
    public sealed record Prepared(long Generation, long Step) : INoSerializationVerificationNeeded;

    /// <summary>A step was applied.</summary>
    public sealed record Stepped(long Generation, StepResult Result, StepTiming Timing, IReadOnlyList<BadImage> Bad)
        : INoSerializationVerificationNeeded;

    /// <summary>A loader's queue of decoded batches, as it is now. Sent about once a second.</summary>
    /// <param name="Depth">Batches that wait to be taken.</param>
    /// <param name="Capacity">Most batches that may wait.</param>
    public sealed record BatchQueue(int Depth, int Capacity) : INoSerializationVerificationNeeded;

    /// <summary>The training stood still to copy the state.</summary>
    public sealed record Captured(long Step, TimeSpan Blocked) : INoSerializationVerificationNeeded;

    /// <summary>A checkpoint is on the disk.</summary>
    public sealed record CheckpointCommitted(long Generation, CheckpointReceipt Receipt)
        : INoSerializationVerificationNeeded;

    /// <summary>A checkpoint could not be written.</summary>
    /// <param name="Generation">Generation of the state.</param>
    /// <param name="Step">Its step.</param>
    /// <param name="Kind">disk_full, io…: the metric's label.</param>
    /// <param name="Reason">In one line.</param>
    public sealed record CheckpointFailed(long Generation, long Step, string Kind, string Reason)
        : INoSerializationVerificationNeeded;

    /// <summary>An evaluation began.</summary>
    public sealed record EvaluationStarted(long Step) : INoSerializationVerificationNeeded;

    /// <summary>Results of an evaluation.</summary>
    public sealed record Evaluated(long Step, EvaluationReport Report, IReadOnlyList<string> Images, TimeSpan Time)
        : INoSerializationVerificationNeeded;

    /// <summary>An evaluation failed; training goes on.</summary>
    public sealed record EvaluationFailed(long Step, string Reason) : INoSerializationVerificationNeeded;

    /// <summary>A trainer's loop failed.</summary>
    public sealed record TrainerFailed(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>A line for people.</summary>
    public sealed record Note(string Line) : INoSerializationVerificationNeeded;
}
