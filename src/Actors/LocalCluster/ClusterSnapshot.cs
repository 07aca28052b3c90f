using Starling.Actors.Protocol;

namespace Starling.Actors.LocalCluster;

/// <summary>Everything the terminal shows about a local cluster at one moment.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Status">The state of the cluster as a node reports it; null if no node answers.</param>
/// <param name="Processes">A line for the process of each member.</param>
internal sealed record ClusterSnapshot(string Run, NodeProtocol.ClusterStatus? Status, IReadOnlyList<string> Processes);
