namespace Starling.Actors.Coordination;

/// <summary>The purposes of the run's only timer. A new setting replaces the one before.</summary>
public enum RunTimer
{
    /// <summary>Ends the time in which further trainers may register before the first generation is formed.</summary>
    Settle,
    /// <summary>Ends the roll call. Trainers that have not answered by then are dropped.</summary>
    RollCall,
    /// <summary>Ends the wait for hosts to be bound, or to be ready. Late hosts are dropped.</summary>
    Form,
}
