namespace Starling.Actors.Protocol;

/// <summary>The messages to an evaluator.</summary>
public static class EvaluatorProtocol
{
    /// <summary>Orders to evaluate the committed checkpoint of a step.</summary>
    public sealed record Evaluate(long Step);
}
