using Starling.Model.Evaluation;

namespace Starling.Actors.Commands.Models;

/// <summary>One row of a comparison: the scores of one network of a run at one step.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="RunNumber">Number of the run among the compared runs, from 0.</param>
/// <param name="Loss">Mean next-token loss of the last training steps; null if no event log has it.</param>
/// <param name="Result">The scores.</param>
internal sealed record ComparedScore(string Run, int RunNumber, double? Loss, EvaluationResult Result);
