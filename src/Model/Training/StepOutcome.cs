namespace Starling.Model.Training;

/// <summary>What happened to a step's gradient.</summary>
public enum StepOutcome
{
    /// <summary>The gradient was finite and was applied.</summary>
    Applied,
    /// <summary>The gradient was not finite, was computed once more, was finite then, and was applied.</summary>
    AppliedAfterRetry,
    /// <summary>The gradient was not finite twice. The batch was left out and the weights are unchanged.</summary>
    Skipped,
}
