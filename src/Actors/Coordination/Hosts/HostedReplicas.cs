namespace Starling.Actors.Coordination.Hosts;

/// <summary>One host of a generation. The rank of a host is its index in the list of hosts.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Replicas">The replicas that the trainer hosts: consecutive numbers, ascending, at least one.</param>
public sealed record HostedReplicas(string Trainer, IReadOnlyList<int> Replicas);
