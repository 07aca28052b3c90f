namespace Starling.Actors.Protocol;

/// <summary>Answer to <see cref="SupervisorProtocol.StatusRequest"/>: the run as its supervisor sees it.</summary>
/// <param name="Term">Number of the supervisor.</param>
/// <param name="Generation">Number of the latest membership decision.</param>
/// <param name="Phase">Where the run is, in snake_case.</param>
/// <param name="Step">The last committed step.</param>
/// <param name="Steps">Steps to make in all.</param>
/// <param name="Checkpoint">The last committed checkpoint; −1 for none.</param>
/// <param name="StepsPerSecond">Over the last steps; 0 when none are made.</param>
/// <param name="WaitingFor">What the run cannot go on without; null if nothing is missing.</param>
/// <param name="Trainers">All trainers, by name.</param>
/// <param name="Loaders">Names of the loaders.</param>
/// <param name="Evaluators">Names of the evaluators.</param>
/// <param name="Evaluating">The checkpoint being evaluated; null for none.</param>
/// <param name="Faults">The last faults, oldest first.</param>
/// <param name="Nodes">All nodes that have offered themselves, by name.</param>
public sealed record RunStatus(long Term, long Generation, string Phase, long Step, long Steps, long Checkpoint,
    double StepsPerSecond, string? WaitingFor, IReadOnlyList<TrainerStatus> Trainers, IReadOnlyList<string> Loaders,
    IReadOnlyList<string> Evaluators, long? Evaluating, IReadOnlyList<FaultStatus> Faults,
    IReadOnlyList<NodeStatus> Nodes);
