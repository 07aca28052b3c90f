namespace Starling.Actors.Protocol;

/// <summary>The messages to an evaluator.</summary>
public static class EvaluatorProtocol
{
    /// <summary>
    /// Orders to evaluate the committed checkpoint of a step. Repeated while the evaluator reports something else. If
    /// that step was the evaluator's last one, the evaluator repeats its
    /// <see cref="SupervisorProtocol.EvaluationEnded"/> instead. An evaluator that is at work ignores the order.
    /// </summary>
    public sealed record Evaluate(long Step);
}
