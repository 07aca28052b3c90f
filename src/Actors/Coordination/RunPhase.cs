namespace Starling.Actors.Coordination;

/// <summary>Where a run is.</summary>
public enum RunPhase
{
    /// <summary>Waiting for trainers, or for a loader to feed them.</summary>
    Gathering,
    /// <summary>Something broke; finding out who is still there.</summary>
    RollCall,
    /// <summary>A generation was numbered; its hosts give up what they do and bind their endpoints.</summary>
    Binding,
    /// <summary>The hosts connect and bring the state to whoever does not hold it.</summary>
    Connecting,
    /// <summary>Steps are being made.</summary>
    Running,
    /// <summary>The last step is made; its checkpoint and the evaluations are still to come.</summary>
    Draining,
    /// <summary>Over; see the outcome.</summary>
    Ended,
}
