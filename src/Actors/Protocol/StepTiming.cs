using Starling.Actors.Collectives;

namespace Starling.Actors.Protocol;

/// <summary>Where the time around a step went.</summary>
/// <param name="Waited">Waiting for the step's batch.</param>
/// <param name="Total">From the end of the step before to the end of this one, the wait included.</param>
/// <param name="QueueDepth">Steps ready in the channel when this one was taken.</param>
/// <param name="LiveTensors">Tensors alive in the process after the step.</param>
public readonly record struct StepTiming(TimeSpan Waited, TimeSpan Total, int QueueDepth, long LiveTensors)
{
    /// <summary>In the step's exchanges with other trainers, most of it waiting for them.</summary>
    public TimeSpan Exchanged { get; init; }

    /// <summary>This trainer's own work in the step.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>The exchanges in detail; null for a trainer alone.</summary>
    public ExchangeTimes? Exchange { get; init; }
}
