namespace Starling.Actors.Coordination;

/// <summary>What the run's one timer was set for; a new setting replaces the one before.</summary>
public enum RunTimer
{
    /// <summary>Others may still register before the first generation is formed.</summary>
    Settle,
    /// <summary>Trainers that have not answered the roll call by then are out.</summary>
    RollCall,
    /// <summary>Hosts that are not bound, or not ready, by then are out.</summary>
    Form,
}
