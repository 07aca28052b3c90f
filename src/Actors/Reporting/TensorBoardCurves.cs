namespace Starling.Actors.Reporting;

/// <summary>Writes the curves of a run for TensorBoard: the same figures as the metrics, by step.</summary>
public sealed class TensorBoardCurves(TensorBoardLog log)
{
    /// <summary>Adds the figures of the last step, of which there must be one.</summary>
    public void Step(RunProgress progress)
    {
        foreach (LossPart part in progress.Losses) log.Scalar("loss/" + part.Name, part.Value, progress.Step);
        log.Scalar("optimizer/grad_norm", progress.Last!.GradientNorm, progress.Step);
        log.Scalar("optimizer/learning_rate", progress.Last.LearningRate, progress.Step);
        log.Scalar("speed/seconds_per_step", progress.SecondsPerStep, progress.Step);
    }

    /// <summary>Adds an evaluation's scores.</summary>
    public void Scores(IEnumerable<EvaluationScore> scores)
    {
        foreach (EvaluationScore score in scores)
        {
            if (score.FrechetDistance is { } distance)
                log.Scalar($"evaluation/frechet_distance_{score.Weights}", distance, score.Step);
            if (score.ProbeAccuracy is { } accuracy)
                log.Scalar($"evaluation/linear_probe_{score.Weights}", accuracy, score.Step);
        }
    }
}
