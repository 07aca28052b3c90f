namespace Starling.Actors.Coordination;

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All steps made, evaluated and stored.</summary>
    Completed,
    /// <summary>Asked to stop; the state is stored and the same command goes on from it.</summary>
    Stopped,
    /// <summary>Something that a restart does not cure.</summary>
    Failed,
    /// <summary>A mistake that the user can put right, in the data or the configuration.</summary>
    Rejected,
}
