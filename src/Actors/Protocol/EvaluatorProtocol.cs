namespace Starling.Actors.Protocol;

/// <summary>What an evaluator is told.</summary>
public static class EvaluatorProtocol
{
    /// <summary>Evaluate the committed checkpoint of a step.</summary>
    public sealed record Evaluate(long Step);
}
