using Starling.Model.Training;

namespace Starling.Actors.Reporting;

/// <summary>The figures of a run that the terminal and the summary show. The monitor keeps them up to date.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="StepsPerEpoch">Steps in one pass over the data.</param>
/// <param name="GlobalBatch">Images of a step.</param>
public sealed record RunProgress(string Run, long TotalSteps, long StepsPerEpoch, int GlobalBatch)
{
    /// <summary>What the run is doing: starting, training, stopping, evaluating or done.</summary>
    public string State { get; init; } = "starting";

    /// <summary>Committed steps.</summary>
    public long Step { get; init; }

    /// <summary>The step this process began with.</summary>
    public long FirstStep { get; init; }

    /// <summary>The last step's result; null before the first step of this process.</summary>
    public StepResult? Last { get; init; }

    /// <summary>Seconds a step takes lately (exponential mean); 0 before the first step of this process.</summary>
    public double SecondsPerStep { get; init; }

    /// <summary>Fraction of the time spent waiting for data, 0 to 1.</summary>
    public double DataWaitRatio { get; init; }

    /// <summary>Step of the newest checkpoint that this node knows to be good; null for none.</summary>
    public long? CheckpointStep { get; init; }

    /// <summary>Folder of the last checkpoint that this process committed; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// Time since this process committed a checkpoint, or else since training began; null before training.
    /// </summary>
    public TimeSpan? CheckpointAge { get; init; }

    /// <summary>Scores of the last evaluation.</summary>
    public IReadOnlyList<EvaluationScore> Scores { get; init; } = [];

    /// <summary>Why the last evaluation failed; null if it did not.</summary>
    public string? EvaluationFailure { get; init; }

    /// <summary>Paths of the sample grids of the last evaluation.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>
    /// Whether this process tells of the steps: the trainer of replica 0 does, and the others would repeat it.
    /// </summary>
    public bool TellsSteps { get; init; } = true;

    /// <summary>Where this node serves its metrics; null if it serves none.</summary>
    public Uri? MetricsAddress { get; init; }

    /// <summary>Passes over the data.</summary>
    public double Epoch => StepsPerEpoch > 0 ? (double)Step / StepsPerEpoch : 0;

    /// <summary>Fraction of the run's steps that are committed, 0 to 1.</summary>
    public double CompletedFraction => TotalSteps > 0 ? Math.Clamp((double)Step / TotalSteps, 0, 1) : 0;

    /// <summary>Estimated time to the last step; null before the first step of this process.</summary>
    public TimeSpan? Eta => SecondsPerStep > 0 ? TimeSpan.FromSeconds((TotalSteps - Step) * SecondsPerStep) : null;

    /// <summary>Images a second, lately; 0 before the first step of this process.</summary>
    public double ImagesPerSecond => SecondsPerStep > 0 ? GlobalBatch / SecondsPerStep : 0;

    /// <summary>Norm of the last step's gradient before clipping.</summary>
    public double GradientNorm => Last?.GradientNorm ?? 0;

    /// <summary>Learning rate of the last step.</summary>
    public double LearningRate => Last?.LearningRate ?? 0;

    /// <summary>Parts of the last step's loss, the total first; empty before the first step of this process.</summary>
    public IReadOnlyList<LossPart> Losses => Last is null ? [] :
    [
        new("total", Last.Losses.Total), new("ar", Last.Losses.AutoRegressive), new("mim", Last.Losses.MaskedAttention),
        new("contrast_step", Last.Losses.ContrastStep), new("contrast_view", Last.Losses.ContrastView),
    ];

    /// <summary>Returns the figures after one more step.</summary>
    /// <param name="result">The step's result.</param>
    /// <param name="time">Wall time of the step.</param>
    public RunProgress After(StepResult result, TimeSpan time)
    {
        const double weight = 0.05;
        double seconds = SecondsPerStep == 0
            ? time.TotalSeconds
            : SecondsPerStep + weight * (time.TotalSeconds - SecondsPerStep);
        return this with { Step = result.Step, Last = result, SecondsPerStep = seconds, State = "training" };
    }
}
