using Starling.Model.Evaluation;

namespace Starling.Actors.Commands.Models;

/// <summary>One line of a comparison: the scores of one run's weights at one step.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="RunNumber">Its place among the compared runs, from 0.</param>
/// <param name="Loss">Mean next-token loss of its last training steps; null if the event log does not hold it.</param>
/// <param name="Result">The scores.</param>
internal sealed record ComparedScore(string Run, int RunNumber, double? Loss, EvaluationResult Result);
