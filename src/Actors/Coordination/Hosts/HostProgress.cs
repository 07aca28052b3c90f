namespace Starling.Actors.Coordination.Hosts;

/// <summary>The last report of a host in a generation.</summary>
/// <param name="Step">Number of steps that the host's state holds.</param>
/// <param name="BusySeconds">Seconds of the host's own work in the last of these steps; 0 before the first.</param>
/// <param name="WaitSeconds">Seconds that the host waited in that step, for batches and for the other hosts.</param>
public sealed record HostProgress(long Step, double BusySeconds, double WaitSeconds)
{
    /// <summary>What the host tells of that step; null for nothing.</summary>
    public StepFigures? Figures { get; init; }
}
