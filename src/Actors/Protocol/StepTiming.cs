using Starling.Actors.Collectives;

namespace Starling.Actors.Protocol;

/// <summary>The times of a step on one trainer.</summary>
/// <param name="Waited">Time spent waiting for the step's batch.</param>
/// <param name="Total">Time from the end of the step before to the end of this one, the wait included.</param>
/// <param name="QueueDepth">Number of steps that were ready in the channel when this one was taken.</param>
/// <param name="LiveTensors">Number of tensors alive in the process after the step.</param>
public readonly record struct StepTiming(TimeSpan Waited, TimeSpan Total, int QueueDepth, long LiveTensors)
{
    /// <summary>Time spent in the step's exchanges with other trainers. Most of it is waiting for them.</summary>
    public TimeSpan Exchanged { get; init; }

    /// <summary>Time of this trainer's own work in the step.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>The times of the exchanges in detail; null for a trainer alone.</summary>
    public ExchangeTimes? Exchange { get; init; }
}
