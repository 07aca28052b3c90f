using Starling.Actors.Configuration;
using Starling.Model.Evaluation;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Evaluates one checkpoint in this process, as the evaluator of a run does.</summary>
public interface IEvaluationHost
{
    /// <summary>Samples, scores and probes the checkpoint's student and teacher weights.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="options">The run's configuration, section <c>evaluation</c> as the user wants it now.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Scores and sample grids; nothing is written.</returns>
    /// <exception cref="Data.StarlingException">A mistake the user can put right.</exception>
    Task<EvaluationReport> EvaluateAsync(
        string checkpoint, StarlingOptions options, CancellationToken cancellationToken);
}
