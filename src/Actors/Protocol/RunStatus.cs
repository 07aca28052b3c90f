namespace Starling.Actors.Protocol;

/// <summary>Answers <see cref="SupervisorProtocol.StatusRequest"/> with the run as its supervisor sees it.</summary>
/// <param name="Term">Number of the supervisor.</param>
/// <param name="Generation">Number of the current generation.</param>
/// <param name="Phase">The phase of the run, in snake_case.</param>
/// <param name="Step">The last committed step.</param>
/// <param name="Steps">Number of steps in the whole run.</param>
/// <param name="Checkpoint">Step of the last committed checkpoint; −1 for none.</param>
/// <param name="StepsPerSecond">Mean over the last steps; 0 when no steps are made.</param>
/// <param name="WaitingFor">What the run is waiting for; null if nothing is missing.</param>
/// <param name="Trainers">The registered trainers, by name.</param>
/// <param name="Loaders">Names of the registered loaders.</param>
/// <param name="Evaluators">Names of the registered evaluators.</param>
/// <param name="Evaluating">Step of the checkpoint that is being evaluated; null for none.</param>
/// <param name="Faults">The last faults, oldest first.</param>
/// <param name="Nodes">The registered nodes, by name.</param>
public sealed record RunStatus(long Term, long Generation, string Phase, long Step, long Steps, long Checkpoint,
    double StepsPerSecond, string? WaitingFor, IReadOnlyList<TrainerStatus> Trainers, IReadOnlyList<string> Loaders,
    IReadOnlyList<string> Evaluators, long? Evaluating, IReadOnlyList<FaultStatus> Faults,
    IReadOnlyList<NodeStatus> Nodes);
