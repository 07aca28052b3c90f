using Starling.Actors.Configuration;
using Starling.Model.Evaluation;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Evaluates one checkpoint in this process, as the evaluator of a run does.</summary>
public interface IEvaluationHost
{
    /// <summary>Samples, scores and probes the checkpoint's student and teacher weights.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="options">The run's configuration. Its section <c>evaluation</c> may differ from the run's.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <returns>Scores and sample grids. The caller writes them to files.</returns>
    /// <exception cref="Data.StarlingException">The user made a mistake, which the message names.</exception>
    Task<EvaluationReport> EvaluateAsync(
        string checkpoint, StarlingOptions options, CancellationToken cancellationToken);
}
