using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;

namespace Starling.Actors.Evaluating;

/// <summary>Evaluates checkpoints. It is created and used on the evaluator's thread only.</summary>
public interface IEvaluation : IDisposable
{
    /// <summary>Evaluates one checkpoint whose files were verified.</summary>
    EvaluationReport Evaluate(LoadedCheckpoint checkpoint, CancellationToken cancellation);
}
