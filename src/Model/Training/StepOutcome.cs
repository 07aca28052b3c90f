namespace Starling.Model.Training;

/// <summary>What happened to a step's gradient.</summary>
public enum StepOutcome
{
    /// <summary>Applied.</summary>
    Applied,
    /// <summary>Not finite at first, finite when computed again, and applied.</summary>
    AppliedAfterRetry,
    /// <summary>Not finite twice: the batch was left out and the weights are as before.</summary>
    Skipped,
}
