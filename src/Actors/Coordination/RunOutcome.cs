namespace Starling.Actors.Coordination;

/// <summary>The four ways in which a run can end.</summary>
public enum RunOutcome
{
    /// <summary>
    /// All steps are made, and the last state is stored. The evaluations have ended, or a stop skipped them.
    /// </summary>
    Completed,
    /// <summary>A stop was requested. The state is stored, and the same command goes on from there.</summary>
    Stopped,
    /// <summary>
    /// The run failed for a reason that a restart does not cure, or its last checkpoint could not be written.
    /// </summary>
    Failed,
    /// <summary>
    /// The run ended over a mistake that the user can correct: in the data, the configuration or the run's folder.
    /// </summary>
    Rejected,
}
