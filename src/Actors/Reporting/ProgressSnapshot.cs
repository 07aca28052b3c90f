namespace Starling.Actors.Reporting;

/// <summary>Everything the terminal shows about a run at one moment.</summary>
public sealed record ProgressSnapshot
{
    /// <summary>The run's name.</summary>
    public required string Run { get; init; }

    /// <summary>What it is doing: starting, training, saving, evaluating, done.</summary>
    public string State { get; init; } = "training";

    /// <summary>Committed steps.</summary>
    public required long Step { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long TotalSteps { get; init; }

    /// <summary>Passes over the data.</summary>
    public double Epoch { get; init; }

    /// <summary>Parts of the last step's loss, the total first.</summary>
    public IReadOnlyList<LossPart> Losses { get; init; } = [];

    /// <summary>Gradient norm before clipping.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Learning rate.</summary>
    public double LearningRate { get; init; }

    /// <summary>Images a second, lately.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Share of the time spent waiting for data, 0 to 1.</summary>
    public double DataWaitRatio { get; init; }

    /// <summary>Time since the last checkpoint.</summary>
    public TimeSpan? CheckpointAge { get; init; }

    /// <summary>Step of the last checkpoint, null before the first.</summary>
    public long? CheckpointStep { get; init; }

    /// <summary>Estimated time left.</summary>
    public TimeSpan? Eta { get; init; }

    /// <summary>Where the metrics are.</summary>
    public Uri? MetricsAddress { get; init; }

    /// <summary>Scores so far, newest last.</summary>
    public IReadOnlyList<EvaluationScore> Scores { get; init; } = [];

    /// <summary>Steps done, 0 to 1.</summary>
    public double Share => TotalSteps > 0 ? Math.Clamp((double)Step / TotalSteps, 0, 1) : 0;
}
