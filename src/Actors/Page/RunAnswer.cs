using Starling.Actors.Runs;

namespace Starling.Actors.Page;

/// <summary>The answer to <c>/api/run</c>. Times are in seconds of Unix time; what is not known is null.</summary>
internal sealed record RunAnswer
{
    /// <summary>The least time without a step after which something is wrong, in seconds.</summary>
    private const double LeastPatience = 30;

    /// <summary>So many steps' time without a step, and something is wrong.</summary>
    private const double PatienceSteps = 20;

    /// <summary>The run's name.</summary>
    public required string Name { get; init; }

    /// <summary>The size of the transformer.</summary>
    public required string Model { get; init; }

    /// <summary>The size of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>The time by this machine's clock.</summary>
    public required double Now { get; init; }

    /// <summary>How far the event log was read: <c>/api/events</c> goes on from there.</summary>
    public required long Offset { get; init; }

    /// <summary>Whether the event log is longer: its disk is slow, or it is being read for the first time.</summary>
    public required bool Behind { get; init; }

    /// <summary><c>starting</c>, <c>training</c>, <c>recovering</c>, <c>finishing</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    /// <summary>The phase, in the event log's words.</summary>
    public string? Phase { get; init; }

    /// <summary>The last step.</summary>
    public required long Step { get; init; }

    /// <summary>The steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>When the last step was made.</summary>
    public double? StepAt { get; init; }

    /// <summary>Seconds without a step after which something is wrong.</summary>
    public required double Patience { get; init; }

    /// <summary>Steps per second, by the last steps.</summary>
    public double? Pace { get; init; }

    /// <summary>When the run began.</summary>
    public double? Since { get; init; }

    /// <summary>The share of the run's wall time in which trainers computed new steps.</summary>
    public double? Goodput { get; init; }

    /// <summary>Seconds of wall time by what they were spent on.</summary>
    public IReadOnlyDictionary<string, double>? Seconds { get; init; }

    /// <summary>Who made steps when, oldest first.</summary>
    public required IReadOnlyList<GenerationSpan> Generations { get; init; }

    /// <summary>The last checkpoints, oldest first.</summary>
    public required IReadOnlyList<CheckpointEntry> Checkpoints { get; init; }

    /// <summary>The last faults and notes, oldest first.</summary>
    public required IReadOnlyList<FaultEntry> Faults { get; init; }

    /// <summary>Makes the answer.</summary>
    /// <param name="facts">What is known before the first step.</param>
    /// <param name="history">What the event log tells.</param>
    /// <param name="times">What the time was spent on; null if that is not known.</param>
    /// <param name="offset">How far the event log was read.</param>
    /// <param name="behind">Whether it is longer.</param>
    /// <param name="now">The time now.</param>
    public static RunAnswer Of(RunFacts facts, RunHistory history, RunTimesRecord? times, long offset, bool behind,
        DateTimeOffset now) => new()
        {
            Name = facts.Name,
            Model = facts.Model,
            Data = facts.Data,
            Now = now.ToUnixTimeMilliseconds() / 1e3,
            Offset = offset,
            Behind = behind,
            State = StateOf(history),
            Phase = history.Phase,
            Step = history.Step,
            Steps = facts.Steps,
            StepAt = history.StepAt,
            Patience = Math.Max(LeastPatience, PatienceSteps / (history.Pace.PerSecond ?? double.PositiveInfinity)),
            Pace = history.Pace.PerSecond,
            Since = history.FirstAt,
            Goodput = times?.Goodput,
            Seconds = times?.Seconds,
            Generations = history.Spans,
            Checkpoints = history.Checkpoints,
            Faults = history.Faults,
        };

    private static string StateOf(RunHistory history) => history.Phase switch
    {
        "ended" => "ended",
        "draining" => "finishing",
        "running" => "training",
        _ => history.StepAt is null ? "starting" : "recovering",
    };
}
