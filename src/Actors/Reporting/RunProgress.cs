using Starling.Model.Training;

namespace Starling.Actors.Reporting;

/// <summary>The figures of a run that the terminal and the summary show, kept by the monitor.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="StepsPerEpoch">Steps in one pass over the data.</param>
/// <param name="GlobalBatch">Images of a step.</param>
public sealed record RunProgress(string Run, long TotalSteps, long StepsPerEpoch, int GlobalBatch)
{
    /// <summary>What the run is doing.</summary>
    public string State { get; init; } = "starting";

    /// <summary>Committed steps.</summary>
    public long Step { get; init; }

    /// <summary>The step this process began with.</summary>
    public long FirstStep { get; init; }

    /// <summary>The last step's result.</summary>
    public StepResult? Last { get; init; }

    /// <summary>Seconds a step takes lately (exponential mean).</summary>
    public double SecondsPerStep { get; init; }

    /// <summary>Step of the last committed checkpoint.</summary>
    public long? CheckpointStep { get; init; }

    /// <summary>Folder of the last committed checkpoint.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Scores of the last evaluation.</summary>
    public IReadOnlyList<EvaluationScore> Scores { get; init; } = [];

    /// <summary>Why the last evaluation failed; null if it did not.</summary>
    public string? EvaluationFailure { get; init; }

    /// <summary>Sample grids of the last evaluation.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Passes over the data.</summary>
    public double Epoch => StepsPerEpoch > 0 ? (double)Step / StepsPerEpoch : 0;

    /// <summary>Estimated time to the last step; null before the second step.</summary>
    public TimeSpan? Eta => SecondsPerStep > 0 ? TimeSpan.FromSeconds((TotalSteps - Step) * SecondsPerStep) : null;

    /// <summary>Parts of the last loss, the total first.</summary>
    public IReadOnlyList<LossPart> Losses => Last is null ? [] :
    [
        new("total", Last.Losses.Total), new("ar", Last.Losses.AutoRegressive), new("mim", Last.Losses.MaskedAttention),
        new("contrast_step", Last.Losses.ContrastStep), new("contrast_view", Last.Losses.ContrastView),
    ];

    /// <summary>With one more step.</summary>
    public RunProgress After(StepResult result, TimeSpan time)
    {
        const double weight = 0.05;
        double seconds = SecondsPerStep == 0
            ? time.TotalSeconds
            : SecondsPerStep + weight * (time.TotalSeconds - SecondsPerStep);
        return this with { Step = result.Step, Last = result, SecondsPerStep = seconds, State = "training" };
    }
}
