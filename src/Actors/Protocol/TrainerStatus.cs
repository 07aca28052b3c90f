namespace Starling.Actors.Protocol;

/// <summary>What the supervisor knows of a trainer.</summary>
/// <param name="Name">The trainer's name.</param>
/// <param name="Incarnation">How often it was started.</param>
/// <param name="Address">Its node's address.</param>
/// <param name="Rank">Its rank in the generation; −1 for a spare.</param>
/// <param name="Replicas">The logical replicas it hosts.</param>
/// <param name="Step">The last step it reported; −1 for none.</param>
/// <param name="BusySeconds">Its own work in that step.</param>
/// <param name="WaitSeconds">What it waited for batches and for others in that step.</param>
/// <param name="Slow">Slower than the others for many steps in a row.</param>
/// <param name="Leaving">About to leave.</param>
public sealed record TrainerStatus(string Name, long Incarnation, string Address, int Rank,
    IReadOnlyList<int> Replicas, long Step, double BusySeconds, double WaitSeconds, bool Slow, bool Leaving);
