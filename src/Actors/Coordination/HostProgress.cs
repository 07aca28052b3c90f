namespace Starling.Actors.Coordination;

/// <summary>What a host last reported in a generation.</summary>
/// <param name="Step">Steps that its state holds.</param>
/// <param name="BusySeconds">Its own work in the last of them; 0 before the first.</param>
/// <param name="WaitSeconds">What it waited for batches and for others in the last of them.</param>
public sealed record HostProgress(long Step, double BusySeconds, double WaitSeconds);
