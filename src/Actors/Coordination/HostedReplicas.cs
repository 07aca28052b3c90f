namespace Starling.Actors.Coordination;

/// <summary>One host of a generation; its rank is its place in the list of hosts.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Replicas">The logical replicas it hosts: a contiguous run, ascending, never empty.</param>
public sealed record HostedReplicas(string Trainer, IReadOnlyList<int> Replicas);
