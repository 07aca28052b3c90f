namespace Starling.Actors.Coordination;

/// <summary>A trainer that is a member of the run.</summary>
/// <param name="Incarnation">
/// The number of the present life of the trainer's actor; greater after every restart.
/// </param>
/// <param name="LastAnsweredPing">
/// Number of the last ping that the trainer answered, or of the last ping before it registered.
/// </param>
/// <param name="LastAnsweredTick">
/// The value of <see cref="RunState.Ticks"/> when the trainer answered or registered.
/// </param>
public sealed record TrainerMember(long Incarnation, long LastAnsweredPing, long LastAnsweredTick);
