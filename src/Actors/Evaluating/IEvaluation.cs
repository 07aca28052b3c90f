using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Evaluating;

/// <summary>Measures checkpoints; made on the evaluator's thread and used only there.</summary>
public interface IEvaluation : IDisposable
{
    /// <summary>Evaluates one verified checkpoint.</summary>
    EvaluationReport Evaluate(LoadedCheckpoint checkpoint, CancellationToken cancellation);
}
