namespace Starling.Actors.Supervision;

/// <summary>Where a run is.</summary>
public enum RunPhase
{
    /// <summary>Waiting for trainers.</summary>
    Gathering,
    /// <summary>A generation was numbered; its trainers take up their replicas and load the state.</summary>
    Forming,
    /// <summary>Steps are being made.</summary>
    Running,
    /// <summary>The last step is made; its checkpoint and the evaluations are still to come.</summary>
    Draining,
    /// <summary>Over; see the outcome.</summary>
    Ended,
}
