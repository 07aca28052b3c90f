namespace Starling.Actors.Protocol;

/// <summary>A trainer as the supervisor sees it.</summary>
/// <param name="Name">The trainer's name.</param>
/// <param name="Incarnation">Number of the present life of the trainer's actor; greater after every restart.</param>
/// <param name="Address">Address of the trainer's node.</param>
/// <param name="Rank">Rank of the trainer in the generation; −1 for a spare.</param>
/// <param name="Replicas">The replicas that the trainer hosts.</param>
/// <param name="Step">The last step that the trainer reported; −1 for none.</param>
/// <param name="BusySeconds">Seconds of the trainer's own work in that step.</param>
/// <param name="WaitSeconds">Seconds of waiting in that step, for batches and for other trainers.</param>
/// <param name="Slow">Whether the trainer is slow; see <see cref="Coordination.Hosts.SlowTrainers"/>.</param>
/// <param name="Leaving">Whether the trainer waits for its release.</param>
public sealed record TrainerStatus(string Name, long Incarnation, string Address, int Rank,
    IReadOnlyList<int> Replicas, long Step, double BusySeconds, double WaitSeconds, bool Slow, bool Leaving);
